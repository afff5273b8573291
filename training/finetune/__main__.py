r"""Trains a bundle further on a team's own labeled pictures, new nouns among them.

The folder is an unpacked COCO export of CVAT, Label Studio, Roboflow or another tool: pictures,
and JSON files with polygons or run lengths, anywhere in it.

Examples:
    python -m training.finetune --coco workshop/ --start nano --out workshop_bundle
    python -m training.finetune --coco workshop/ --start nano --out workshop_bundle --steps 400
    python -m training.finetune --coco workshop/ --start runs/nano --bundle my_nano --out more
"""

from __future__ import annotations

from pathlib import Path
import sys
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind
from training.finetune.ending import finish
from training.finetune.setup import make_config, told
from training.finetune.start import check_bundle, find_start, start_network
from training.finetune.trainer import FinetuneTrainer
from training.runtime.checkpoint import SETTINGS
from training.runtime.launch import Ending, launch
from training.settings.command_line import Count, Seed, run_command
from training.settings.reading import ConfigError

Threads = Annotated[int, Parameter(validator=Number(gte=0, lte=256))]


def finetune(
    *overrides: str,
    coco: Path,
    out: Path,
    start: str = 'nano',
    run: Path | None = None,
    steps: Count = 800,
    threads: Threads = 1,
    seed: Seed = 1,
    without: tuple[str, ...] = (),
    bundle: str = '',
    settings: Path | None = None,
    max_steps: Count | None = None,
    dry_run: bool = False,
    force: bool = False,
) -> None:
    """Train, export, and choose threshold and gate on held-out pictures.

    Args:
        overrides: Other settings, such as schedule.learning_rate=1e-4 or, to train on more
            pictures beside, data.sources.coco.root=data/coco data.sources.coco.share=0.3.
        coco: Folder of the export. Pictures of files or folders named val, valid or validation
            are held out, those named test not read; without such names every fifth is held out.
        out: The new bundle.
        start: A bundle whose weights come with the sources, the folder of a run, or a file of
            weights.
        run: Folder of checkpoint, settings, log, TensorBoard and the sheet of held-out pictures;
            if absent, OUT.training. A run that it holds is resumed.
        steps: Of four pictures each; 800 take about 20 minutes on two cores.
        threads: CPU threads of torch beside the one that reads pictures; 0 takes all cores.
        seed: Of new words and batches.
        without: A noun that is to count as unknown at the start, to measure how new ones are
            learned; may be repeated.
        bundle: The bundle that was exported from the run or file of weights.
        settings: YAML settings of a file of weights.
        max_steps: End after this step, with a checkpoint but without a bundle; the same command
            without it goes on.
        dry_run: Print what is trained and what memory, time and disk it takes, as measured on
            a few steps; write nothing.
        force: Replace an older bundle at --out.
    """
    begin = find_start(start, bundle, settings)
    folder = run or out.with_name(f'{out.name}.training')
    if folder.resolve() in (out.resolve(), *out.resolve().parents):
        raise ConfigError(f'{folder} is or holds {out}; name another folder with --run.')
    check_output(
        out, (coco, begin.weights, begin.bundle, folder), kind=ResultKind.BUNDLE, force=force
    )
    words = (f'schedule.steps={steps}', f'threads={threads}', f'seed={seed}', *overrides)
    config = make_config(begin, coco, without, words)
    print(told(config))
    check_bundle(start_network(config), begin.bundle)
    ending = Ending(max_steps, dry_run)
    trainer = launch(FinetuneTrainer, config, folder, folder / SETTINGS, ending)
    if trainer and trainer.writes:
        finish(trainer, begin.bundle, out)


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.finetune', __doc__, finetune, argv)


if __name__ == '__main__':
    sys.exit(main())
