r"""Progressive hierarchical distillation: all stages in order, then bundle and report.

What is finished is not run again: the same command goes on where it ended.

Examples:
    python -m training.phd --config training/configs/phd/nano.yaml values.real=data/real
    python -m training.phd --config training/configs/phd/student.yaml --out runs/mine \
        values.student=es_ev_m values.sa1b=/data/sa1b values.sav=/data/sav values.saco=/data/saco \
        values.phrases=phrases.txt values.base=weights/base
    python -m training.phd --config training/configs/phd/student.yaml --processes 8 \
        --out runs/mine values.student=es_ev_m values.sa1b=/data/sa1b ...
    python -m training.phd --config training/configs/phd/student.yaml --dry-run
"""

from __future__ import annotations

from pathlib import Path
import sys

from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from training.pipeline.plan import Pipeline, digest
from training.pipeline.report import write_report
from training.pipeline.running import (
    TRAININGS,
    finished_steps,
    is_finished,
    module_runner,
    run_module,
    run_steps,
)
from training.settings.command_line import Count, run_command


def phd(
    *overrides: str,
    config: Path,
    out: Path | None = None,
    processes: Count = 1,
    dry_run: bool = False,
) -> int | None:
    """Run the steps that are not finished.

    Args:
        overrides: Entries in place of the file's, such as values.sa1b=/data/sa1b.
        config: YAML file with the steps.
        out: Folder of all of them; if absent, runs/ and the pipeline's name.
        processes: Of every training on this machine, one a GPU. Each reads a batch of its own, so
            a step has as many batches.
        dry_run: Print the steps, and what every training of them would take; write nothing.
    """
    pipeline = Pipeline.load(config, overrides)
    folder = out or Path('runs') / pipeline.name
    check_output(folder, [config], kind=ResultKind.PIPELINE, resume=True)
    if dry_run:
        _estimate(pipeline, folder)
        return None
    folder.mkdir(parents=True, exist_ok=True)
    mark_folder(folder, ResultKind.PIPELINE)
    try:
        return run_steps(pipeline, folder, module_runner(processes))
    finally:
        print(f'report: {write_report(folder, pipeline.name)}')


def _estimate(pipeline: Pipeline, folder: Path) -> None:
    done, before = finished_steps(folder), ''
    for step in pipeline.filled():
        before = digest(step, before)
        finished = is_finished(step, folder, done, before)
        words = step.arguments(folder)
        state = 'finished' if finished else f'python -m {step.module} {" ".join(words)}'
        print(f'\n{step.name}: {state}')
        told = step.module in TRAININGS and not finished
        if told and run_module(step.module, [*words, '--dry-run']):
            print(
                f'{step.name} cannot be estimated before the steps above have made what it reads.'
            )


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.phd', __doc__, phd, argv)


if __name__ == '__main__':
    sys.exit(main())
