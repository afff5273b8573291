r"""Trains variants of a run, each for a short time, and compares them on held-out pictures.

Examples:
    python -m training.ablate --plan training/configs/ablations/nano.yaml --out runs/ablations
    python -m training.ablate --plan my_plan.yaml --out runs/mine --only "whole" --only "no words"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import json
from pathlib import Path
import re
import sys

from lightning_fabric import Fabric
import numpy as np
import torch

from efficientsam3_ros.core.writing.atomic import write_text
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from efficientsam3_ros.evaluation.run.text_table import text_table
from efficientsam3_ros.evaluation.scoring.operating_point import GATES, THRESHOLDS, best, rate
from training.calibrate import Points, held_out_points
from training.detector.config import SupervisedConfig
from training.detector.teachers import check_teachers
from training.export import export
from training.runtime.checkpoint import SETTINGS, checked_folder
from training.settings.command_line import Count, run_command
from training.settings.reading import ConfigError, build, read_entries
from training.supervised import Trainer

SCORES, TABLE = 'scores.json', 'table.md'
PLANS = Path(__file__).parent / 'configs' / 'ablations'
"""Plans that come with the sources."""
_PHRASES, _SEED = 8, 0


@dataclass(frozen=True)
class Plan:
    """What is compared.

    Attributes:
        config: YAML settings that all variants share.
        overrides: Settings in their place, such as a short schedule.
        variants: Name to further settings in their place; the first one is the whole recipe.
        pictures: Held out of each source that are scored, at most.
    """

    config: str
    overrides: list[str] = field(default_factory=list)
    variants: dict[str, list[str]] = field(default_factory=dict)
    pictures: int = 100

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Read a YAML file.

        Raises:
            ConfigError: If it is missing, an entry is unknown, or it names no variant.
        """
        entries = read_entries(path, f'copy one of {PLANS}')
        plan = build(cls, entries, str(path))
        if not plan.variants:
            raise ConfigError(f'{path} names no variants.')
        return plan

    def settings(self, name: str) -> SupervisedConfig:
        """Return the settings of a variant."""
        return SupervisedConfig.load(
            Path(self.config), [*self.overrides, *self.variants[name], f'name={folder_name(name)}']
        )


def folder_name(variant: str) -> str:
    """Return a variant's name as that of a folder."""
    return re.sub(r'\W+', '_', variant.lower()).strip('_')


def ablate(*, plan: Path, out: Path, only: Sequence[str] = (), threads: Count = 1) -> None:
    """Train and score every variant; what a folder holds already is not done again.

    Args:
        plan: YAML file of the variants.
        out: Folder of the runs, of scores.json and table.md.
        only: Variants to train; all, if none is named.
        threads: CPU threads.
    """
    wanted = Plan.load(plan)
    unknown = set(only) - set(wanted.variants)
    if unknown:
        raise ConfigError(
            f'{plan} has no variant {", ".join(sorted(unknown))}; it has '
            f'{", ".join(wanted.variants)}.'
        )
    for name in wanted.variants:
        # Else a plan would run for hours before the one that cannot be trained.
        check_teachers(wanted.settings(name))
    check_output(out, (plan, Path(wanted.config)), kind=ResultKind.BENCHMARK, resume=True)
    out.mkdir(parents=True, exist_ok=True)
    mark_folder(out, ResultKind.BENCHMARK)
    torch.set_num_threads(threads)
    scores: dict[str, dict[str, float]] = {}
    for name in wanted.variants:
        if not only or name in only:
            _trained(wanted, name, out)
        found = _scored(wanted, name, out, threads)
        if found:
            scores[name] = found
            table = shown(scores)
            write_text(out / TABLE, table)
            print(table)


def shown(scores: Mapping[str, Mapping[str, float]]) -> str:
    """Return a Markdown table of variants: cgF1 over all held-out pictures and of each source."""
    columns = list(next(iter(scores.values())))
    # A source of which all pictures, or none, show what is asked has no cgF1.
    columns = [c for c in columns if not all(np.isnan(own[c]) for own in scores.values())]
    rows = [[name, *(f'{own[column]:.1f}' for column in columns)] for name, own in scores.items()]
    return text_table([['variant', *columns], *rows], 1)


def _trained(plan: Plan, name: str, out: Path) -> None:
    settings, folder = plan.settings(name), out / folder_name(name)
    checked_folder(folder / 'run', settings, folder / 'run' / SETTINGS)
    print(f'{name}: {folder}')
    fabric = Fabric(accelerator='auto', devices=1, precision=settings.precision)
    Trainer(settings, folder / 'run', fabric).run()


def _scored(plan: Plan, name: str, out: Path, threads: int) -> dict[str, float]:
    """Return what a variant reaches at its best threshold and gate, percent; nothing untrained."""
    folder = out / folder_name(name)
    kept = folder / SCORES
    if kept.is_file():
        found: dict[str, float] = json.loads(kept.read_text())
        return found
    if not (folder / 'run' / SETTINGS).is_file():
        return {}
    export(run=folder / 'run', out=folder / 'bundle', force=True)
    # All variants are asked the same, also those that learn from fewer sources.
    shared = SupervisedConfig.load(Path(plan.config), plan.overrides)
    points = held_out_points(folder / 'bundle', shared, (plan.pictures, _PHRASES, _SEED), threads)
    found = scores_of(points)
    write_text(kept, json.dumps(found, indent=1))
    return found


def scores_of(points: Points) -> dict[str, float]:
    """Return cgF1 in percent at the pair of threshold and gate that is best over all sources."""
    everything = [point for own in points.values() for point in own]
    choice = best(rate(everything, THRESHOLDS, GATES))
    found = {'cgF1': 100 * choice.cgf1}
    for source, own in points.items():
        both = len({point.iou.shape[1] > 0 for point in own}) == 2
        place = [choice.threshold], [choice.presence_gate]
        found[source] = 100 * rate(own, *place)[0].cgf1 if both else np.nan
    return found


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.ablate', __doc__, ablate, argv)


if __name__ == '__main__':
    sys.exit(main())
