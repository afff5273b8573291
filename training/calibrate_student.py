r"""Chooses a student's threshold and presence gate on held-out pictures, by labels or its teacher.

Presence of distilled students is unreliable until it is calibrated.

Examples:
    python -m training.calibrate_student bundles/mine --run runs/es_ev_m_stage3 --dry-run
    python -m training.calibrate_student bundles/mine --run runs/es_ev_m_stage3 --on teacher \
        --out bundles/calibrated
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
import shutil
import sys
from typing import Literal

import torch
from tqdm import tqdm

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.evaluation.run.text_table import text_table
from efficientsam3_ros.evaluation.scoring.operating_point import Datapoint
from efficientsam3_ros.model.student import Student, sam3_preprocess
from training.concept.calibration import Choice, choose, told_by
from training.concept.config import ConceptRunConfig
from training.concept.data.batch import ConceptBatch
from training.concept.data.opening import open_batches
from training.concept.validation import points_of
from training.encoder.network import student_of
from training.network.initial_weights import WeightError
from training.runtime.best import BEST
from training.runtime.checkpoint import SETTINGS
from training.settings.command_line import run_command
from training.settings.reading import ConfigError
from training.teacher.opening import open_teacher

Labeler = Literal['labels', 'teacher']


def calibrate_student(
    bundle: str,
    /,
    *,
    run: Path,
    on: Labeler = 'labels',
    out: Path | None = None,
    min_absent: float = 0.0,
    dry_run: bool = False,
    force: bool = False,
) -> None:
    """Choose by cgF1 over the held-out pictures, and write the choice into the manifest.

    Args:
        bundle: Folder of the exported student.
        run: Folder of training.stage3.
        on: Who says what is true of the pictures: their labels, or the run's teacher.
        out: New folder for the calibrated bundle.
        min_absent: Share of absent phrases that must stay empty, 0..1.
        dry_run: Print the choice, write nothing.
        force: Replace an older bundle at --out.
    """
    if not (out or dry_run):
        raise ConfigError('Name a new folder with --out, or give --dry-run.')
    if not 0 <= min_absent <= 1:
        raise ConfigError(f'--min-absent is a share, 0 to 1, got {min_absent:g}.')
    folder = find_bundle(bundle).resolve()
    if out:
        check_output(out, (folder, run), kind=ResultKind.BUNDLE, force=force)
    manifest = Manifest.load(folder)
    before = manifest.threshold, manifest.presence_gate
    choice = choose(held_out_points(run, on), before, min_absent)
    print(_table(choice))
    if out and not dry_run:
        chosen = choice.chosen
        new = replace(manifest, threshold=chosen.threshold, presence_gate=chosen.presence_gate)
        with replacing(out) as part:
            shutil.copytree(folder, part)
            new.save(part)
        print(f'written: {out}')


@torch.no_grad()
def held_out_points(run: Path, on: Labeler) -> list[Datapoint]:
    """Ask the run's best weights about the pictures that it held out.

    Args:
        run: Folder of the run.
        on: Who says what is true.

    Raises:
        ConfigError: If there are no settings, or no teacher is named by them.
        WeightError: If there are no best weights.
    """
    config = ConceptRunConfig.load(run / SETTINGS)
    student = _student(config, run / BEST)
    grid = 4 * student.config.grid
    _, batches = open_batches(config, sam3_preprocess(config.size), grid)
    shown: Iterator[ConceptBatch] = (
        batches[n] for n in tqdm(range(len(batches)), unit=' pictures')
    )
    if on == 'teacher':
        if not config.teacher:
            raise ConfigError('The run has no teacher; calibrate on labels.')
        shown = told_by(open_teacher(config.teacher), shown)
    return points_of(student, shown)


def _student(config: ConceptRunConfig, path: Path) -> Student:
    if not path.is_file():
        raise WeightError(f'{path} does not exist; a run has it after its first validation.')
    student = Student(student_of(config.student, config.size))
    student.load_state_dict(torch.load(path, map_location='cpu', weights_only=True)['average'])
    return student.eval()


def _table(choice: Choice) -> str:
    rows = [['', 'threshold', 'gate', 'cgF1', 'absent ok']]
    for name, point in (('before', choice.before), ('chosen', choice.chosen)):
        figures = f'{100 * point.cgf1:.1f}', f'{100 * point.absent:.1f}'
        rows.append([name, f'{point.threshold:.3f}', f'{point.presence_gate:.1f}', *figures])
    return f'{choice.questions} questions\n{text_table(rows, 1)}'


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.calibrate_student', __doc__, calibrate_student, argv)


if __name__ == '__main__':
    sys.exit(main())
