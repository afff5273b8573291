"""What ``efficientsam3 export`` writes: a student and its video memory, by the user's words."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from efficientsam3_ros.cli.support.options import OptionError

if TYPE_CHECKING:
    from efficientsam3_ros.model.memory.config import MemoryKind
    from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
    from efficientsam3_ros.model.student import Student
    from efficientsam3_ros.model.weights.store import WeightsInfo

MEMORIES = ('dense', 'perceiver', 'none')


@dataclass(frozen=True)
class ChosenNetwork:
    """What is to be exported.

    Attributes:
        student: In evaluation mode.
        memory: Its video half; None for a bundle without.
        license: SPDX expression of the weights.
        remark: What the user should know of the choice; may be empty.
    """

    student: Student
    memory: VideoMemory | None
    license: str
    remark: str = ''


def add_network_options(parser: argparse.ArgumentParser) -> None:
    """Offer all that decides which network is exported."""
    parser.add_argument('student', help='es_rv_s ... es_ev_l; "efficientsam3 models" lists them')
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--weights', type=Path, metavar='FOLDER', help='from convert or download')
    source.add_argument(
        '--random-weights', action='store_true', help='to measure speed; it finds nothing'
    )
    parser.add_argument('--size', type=int, default=1008, help='side of the input (%(default)s)')
    parser.add_argument(
        '--memory',
        choices=MEMORIES,
        help="video memory: dense is SAM 3's own tracker (with --weights, if it was kept), "
        'perceiver is small and quick and has to be trained (with --random-weights), none leaves '
        'objects to detections',
    )
    parser.add_argument('--neck', choices=('sam3', 'lean'), help='of random weights (sam3)')
    parser.add_argument('--text', choices=('s0', 's1', 'l'), help='of random weights (s0)')
    parser.add_argument('--context', type=int, choices=(16, 32), help='of random weights (16)')


def chosen_network(arguments: argparse.Namespace) -> ChosenNetwork:
    """Build or load what :func:`add_network_options` read.

    Raises:
        OptionError: If options contradict each other or the weights.
        ValueError: If weights are missing, damaged or incomplete, or a size is too small.
    """
    return _random(arguments) if arguments.random_weights else _loaded(arguments)


def _random(arguments: argparse.Namespace) -> ChosenNetwork:
    from efficientsam3_ros.model.memory.student_memory import student_memory
    from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
    from efficientsam3_ros.model.registry import build_student, student_config

    config = student_config(
        arguments.student,
        neck=arguments.neck or 'sam3',
        text=arguments.text or 's0',
        size=arguments.size,
        context=arguments.context or 16,
    )
    if arguments.memory == 'none':
        return ChosenNetwork(build_student(config).eval(), None, 'Apache-2.0')
    kind: MemoryKind = arguments.memory or 'perceiver'
    memory = VideoMemory(student_memory(config, kind)).eval()
    # As with SAM 3's weights, so that the speed is theirs.
    student = build_student(replace(config, tracker_neck=config.neck == 'sam3'))
    return ChosenNetwork(student.eval(), memory, 'Apache-2.0')


def _loaded(arguments: argparse.Namespace) -> ChosenNetwork:
    from efficientsam3_ros.model.weights.store import read_info
    from efficientsam3_ros.model.weights.video import load_student, load_student_with_tracker

    folder, size = arguments.weights, arguments.size
    info = read_info(folder)
    _refuse_contradictions(arguments, info)
    if arguments.memory == 'perceiver':
        raise OptionError(
            "SAM 3's tracker has no Perceiver: its weights must be trained. Export with --memory "
            'dense or none; train one on that bundle with python -m training.stage2 and add it '
            'with python -m training.export_memory. To measure its speed, give --random-weights.'
        )
    if arguments.memory == 'dense' or (arguments.memory is None and info.tracker):
        student, memory = load_student_with_tracker(folder, size)
        return ChosenNetwork(student, memory, info.license)
    remark = '' if arguments.memory else _without_memory(folder)
    return ChosenNetwork(load_student(folder, size), None, info.license, remark)


def _without_memory(folder: Path) -> str:
    return (
        f'no video memory: {folder} holds no tracker of SAM 3; for one, convert or download the '
        'weights again with --keep-tracker'
    )


def _refuse_contradictions(arguments: argparse.Namespace, info: WeightsInfo) -> None:
    asked = (
        ('student', arguments.student, info.variant),
        ('--neck', arguments.neck, info.neck),
        ('--text', arguments.text, info.text),
        ('--context', arguments.context, info.context),
    )
    for name, want, have in asked:
        if want is not None and want != have:
            raise OptionError(
                f'{arguments.weights} holds {name} {have}, not {want}; leave it out, or convert '
                'the file that you mean.'
            )
