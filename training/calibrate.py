r"""Chooses a bundle's detection threshold and presence gate on what its training held out.

Examples:
    python -m training.calibrate my_bundle/ --run runs/nano --dry-run
    python -m training.calibrate my_bundle/ --run runs/nano --min-absent 0.95 --out calibrated/
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
import shutil
import sys

from tqdm import tqdm

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.engine import find_bundle, load_engine
from efficientsam3_ros.evaluation.run.calibration import datapoints
from efficientsam3_ros.evaluation.scoring.operating_point import (
    GATES,
    THRESHOLDS,
    Datapoint,
    OperatingPoint,
    best,
    rate,
)
from training.data.sources.held_out import held_out
from training.data.sources.opening import open_sources
from training.data.vocabulary import Vocabulary
from training.detector.config import SupervisedConfig
from training.runtime.checkpoint import SETTINGS
from training.settings.command_line import Count, Seed, run_command
from training.settings.reading import ConfigError

Points = Mapping[str, list[Datapoint]]
"""Of each source, by its name."""


def calibrate(
    bundle: str,
    /,
    *,
    run: Path | None = None,
    config: Path | None = None,
    out: Path | None = None,
    pictures: Count = 150,
    phrases: Count = 8,
    min_absent: float = 0.0,
    seed: Seed = 0,
    threads: Count = 1,
    dry_run: bool = False,
    force: bool = False,
) -> None:
    """Choose by cgF1 over all held-out pictures, and write the choice into the manifest.

    Args:
        bundle: Folder or embedded name.
        run: Run folder, for its settings.
        config: YAML settings, if there is no run folder.
        out: New folder for the calibrated bundle.
        pictures: Of each source, at most.
        phrases: Asked of each picture; half of them are true of something in view if possible.
        min_absent: Share of absent phrases that must stay empty, 0..1.
        seed: Of the questions.
        threads: CPU threads.
        dry_run: Print the choice, write nothing.
        force: Replace an older bundle at --out.
    """
    settings = SupervisedConfig.load(_settings(run, config))
    if not (out or dry_run):
        raise ConfigError('Name a new folder with --out, or give --dry-run.')
    if not 0 <= min_absent <= 1:
        raise ConfigError(f'--min-absent is a share, 0 to 1, got {min_absent:g}.')
    folder = find_bundle(bundle).resolve()
    if out:
        inputs = (folder, run, config)
        check_output(out, inputs, kind=ResultKind.BUNDLE, force=force)
    manifest = Manifest.load(folder)
    points = held_out_points(folder, settings, (pictures, phrases, seed), threads)
    choice = _chosen(points, manifest, min_absent)
    if choice.absent < min_absent:
        print(f'No pair leaves {100 * min_absent:g} % of the absent phrases empty.')
    if out and not dry_run:
        chosen = replace(manifest, threshold=choice.threshold, presence_gate=choice.presence_gate)
        with replacing(out) as part:
            shutil.copytree(folder, part)
            chosen.save(part)
        print(f'written: {out}')


def _settings(run: Path | None, config: Path | None) -> Path:
    """Return the file of settings."""
    if (run is None) == (config is None):
        raise ConfigError('Give either --run or --config: its sources hold pictures out.')
    path = config or Path(run or '') / SETTINGS
    if not path.is_file():
        raise ConfigError(f'{path} does not exist.')
    return path


def held_out_points(
    bundle: Path, settings: SupervisedConfig, asked: tuple[int, int, int], threads: int
) -> Points:
    """Run the detector over the held-out pictures of every source."""
    vocabulary, found = Vocabulary.of(settings.vocabulary), {}
    with closing(load_engine(bundle, threads=threads)) as engine:
        for source in open_sources(settings.data.sources, vocabulary, validation=True):
            shown = tqdm(held_out(source, vocabulary, *asked), source.name, unit=' pictures')
            found[source.name] = [
                point for one in shown for point in datapoints(one, engine, lambda: None)
            ]
    return found


def _chosen(points: Points, manifest: Manifest, min_absent: float) -> OperatingPoint:
    """Choose; print what the choice gives in every source, beside the values of before."""
    everything = [point for own in points.values() for point in own]
    choice = best(rate(everything, THRESHOLDS, GATES), min_absent)
    before = rate(everything, [manifest.threshold], [manifest.presence_gate])[0]
    rows = [('all, before', len(everything), before), ('all', len(everything), choice)]
    for name, own in points.items():
        if len({point.iou.shape[1] > 0 for point in own}) == 2:
            rated = rate(own, [choice.threshold], [choice.presence_gate])[0]
            rows.append((name, len(own), rated))
    print('              questions threshold  gate   cgF1  absent ok')
    for name, count, it in rows:
        place = f'{it.threshold:10.3f}{it.presence_gate:6.1f}'
        print(f'{name:14s}{count:9d}{place}{100 * it.cgf1:7.1f}{100 * it.absent:11.1f}')
    return choice


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.calibrate', __doc__, calibrate, argv)


if __name__ == '__main__':
    sys.exit(main())
