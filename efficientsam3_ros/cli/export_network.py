"""What ``efficientsam3 export`` writes: a student and its video memory, by the user's words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts import Group, Parameter

from efficientsam3_ros.cli.support.options import OptionError, Pixels

if TYPE_CHECKING:
    from efficientsam3_ros.model.memory.config import MemoryKind
    from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
    from efficientsam3_ros.model.student import Student


@Parameter(name='*', group=Group('Student', sort_key=2))
@dataclass(frozen=True, kw_only=True)
class NetworkOptions:
    """All that decides which network is exported.

    Attributes:
        weights: Folder from convert or download; this or --random-weights is required.
        random_weights: To measure speed; it finds nothing.
        size: Pixels of the input's side.
        memory: Video memory: dense is SAM 3's own tracker (with --weights, if it was kept),
            perceiver is small and quick and has to be trained (with --random-weights), none leaves
            objects to detections.
        neck: Of random weights; sam3 if absent.
        text: Text encoder of random weights; s0 if absent.
        context: Tokens of a phrase, of random weights; 16 if absent.
    """

    weights: Path | None = None
    random_weights: bool = False
    size: Pixels = 1008
    memory: Literal['dense', 'perceiver', 'none'] | None = None
    neck: Literal['sam3', 'lean'] | None = None
    text: Literal['s0', 's1', 'l'] | None = None
    context: Literal[16, 32] | None = None


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


def chosen_network(student: str, options: NetworkOptions) -> ChosenNetwork:
    """Build or load what the user asks for.

    Args:
        student: One of the nine, e.g. es_ev_m.
        options: Its weights and parts.

    Raises:
        OptionError: If options contradict each other or the weights.
        ValueError: If weights are missing, damaged or incomplete, or a size is too small.
    """
    if (options.weights is None) != options.random_weights:
        raise OptionError('Give either --weights FOLDER or --random-weights.')
    if options.weights is None:
        return _random(student, options)
    return _loaded(student, options.weights, options)


def _random(name: str, options: NetworkOptions) -> ChosenNetwork:
    from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
    from efficientsam3_ros.model.registry import student_config
    from efficientsam3_ros.model.student import Student
    from efficientsam3_ros.model.student_memory import student_memory

    config = student_config(
        name,
        neck=options.neck or 'sam3',
        text=options.text or 's0',
        size=options.size,
        context=options.context or 16,
    )
    if options.memory == 'none':
        return ChosenNetwork(Student(config).eval(), None, 'Apache-2.0')
    kind: MemoryKind = options.memory or 'perceiver'
    memory = VideoMemory(student_memory(config, kind)).eval()
    # As with SAM 3's weights, so that the speed is theirs.
    student = Student(replace(config, tracker_neck=config.neck == 'sam3'))
    return ChosenNetwork(student.eval(), memory, 'Apache-2.0')


def _loaded(student: str, folder: Path, options: NetworkOptions) -> ChosenNetwork:
    from efficientsam3_ros.model.weights.store import read_info
    from efficientsam3_ros.model.weights.video import load_student, load_student_with_tracker

    info = read_info(folder)
    for what, want, have in (
        ('student', student, info.variant),
        ('--neck', options.neck, info.neck),
        ('--text', options.text, info.text),
        ('--context', options.context, info.context),
    ):
        if want is not None and want != have:
            raise OptionError(
                f'{folder} holds {what} {have}, not {want}; leave it out, or convert the file '
                'that you mean.'
            )
    if options.memory == 'perceiver':
        raise OptionError(
            "SAM 3's tracker has no Perceiver: its weights must be trained. Export with --memory "
            'dense or none; train one on that bundle with python -m training.stage2 and add it '
            'with python -m training.export_memory. To measure its speed, give --random-weights.'
        )
    if options.memory == 'dense' or (options.memory is None and info.tracker):
        network, memory = load_student_with_tracker(folder, options.size)
        return ChosenNetwork(network, memory, info.license)
    remark = ''
    if options.memory is None:
        remark = (
            f'no video memory: {folder} holds no tracker of SAM 3; for one, convert or download '
            'the weights again with --keep-tracker'
        )
    return ChosenNetwork(load_student(folder, options.size), None, info.license, remark)
