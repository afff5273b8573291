r"""Tells what the three stages take for each student: GPU hours and disk, counted, not measured.

Stage 2 is EdgeTAM's phase on videos (``configs/stage2/STUDENT.yaml``). Its other phases, which are
optional, stand beside it: on pictures (``edgetam_image.yaml``), and on clips of 16 and 32 frames
(``edgetam_16.yaml``, ``edgetam_32.yaml``).

Examples:
    python -m training.cost
    python -m training.cost --student es_ev_m --tflops 120
"""

from __future__ import annotations

import sys

from efficientsam3_ros.evaluation.run.text_table import text_table
from efficientsam3_ros.model.registry import STUDENTS
from training.pipeline.cost import phase_costs, stage_costs, teacher_macs
from training.settings.command_line import run_command
from training.settings.reading import ConfigError


def cost(*, student: str | None = None, tflops: float = 250.0) -> None:
    """Print a table.

    Args:
        student: One of the nine; all of them if absent.
        tflops: What a GPU sustains, in 10^12 operations a second; a multiplication and an
            addition are two.
    """
    if student is not None and student not in STUDENTS:
        raise ConfigError(f'There is no student {student}; known are {", ".join(STUDENTS)}.')
    if not tflops > 0:
        raise ConfigError(f'--tflops is above 0, got {tflops:g}.')
    rows = [['student', 'stage', 'pictures', 'teacher PMAC', 'student PMAC', 'GPU hours', 'MB']]
    for name in [student] if student else STUDENTS:
        one, two, three = stage_costs(name)
        pictures, *longer = phase_costs(name)
        for found in (one, pictures, two, *longer, three):
            rows.append(
                [
                    name,
                    found.stage,
                    f'{found.pictures:,}',
                    f'{found.teacher / 1e15:,.0f}',
                    f'{found.student / 1e15:,.0f}',
                    f'{found.gpu_hours(tflops):,.0f}',
                    f'{found.disk / 1e6:,.0f}',
                ]
            )
    print(text_table(rows, 2))
    seen, phrase = teacher_macs()
    print(f'\nSAM 3: {seen / 1e9:,.0f} GMAC a picture, {phrase / 1e9:,.0f} GMAC a phrase.')


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.cost', __doc__, cost, argv)


if __name__ == '__main__':
    sys.exit(main())
