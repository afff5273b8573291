"""``efficientsam3 models``: what the students and their memory weigh and cost, part by part."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace
from json import dumps
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from efficientsam3_ros.cli.support.console import table
from efficientsam3_ros.cli.support.options import between

if TYPE_CHECKING:
    from efficientsam3_ros.model.memory.config import MemoryKind
    from efficientsam3_ros.model.student import StudentConfig

EXAMPLES = """\
examples:
  efficientsam3 models
  efficientsam3 models es_ev_m --neck lean --size 512
  efficientsam3 models --text s1 --json"""

_KINDS: tuple[MemoryKind, ...] = ('dense', 'perceiver')
_MILLION = 1e6
_BILLION = 1e9
_BYTES = {'fp32': 4, 'fp16': 2}
_WEIGHT_HEADER = (
    *('model', 'image trunk', 'neck', 'trunk M', 'neck M', 'text M', 'exemplar M', 'fusion M'),
    *('decoder M', 'masks M', 'total M', 'fp32 MB', 'fp16 MB'),
)
_MACS = (
    *('trunk', 'neck', 'fusion', 'decoder', 'masks', 'encoder', 'detector', 'frame'),
    *('exemplar', 'text'),
)
_MEMORY_MACS = ('own_levels', 'attention', 'decoder', 'encoder', 'perceiver', 'frame')
_MEMORY_HEADER = (
    *('memory', 'neck', 'size', 'grid', 'M', 'own levels M', 'KiB/object', 'tokens'),
    *(name.replace('_', ' ') for name in _MEMORY_MACS),
)
_MEMORY_TITLE = (
    'Video memory: parameters in millions, KiB and GMAC of a frame for one object whose slots are '
    'all taken;\nwith the sam3 neck the image encoder has levels of its own for it'
)


app = App(name='models', help_epilogue=EXAMPLES)


@app.default
def run(
    *names: str,
    neck: Literal['sam3', 'lean'] | None = None,
    text: Literal['s0', 's1', 'l'] = 's0',
    size: Annotated[tuple[int, ...], Parameter(consume_multiple=True), between(1, 16384)] = (
        1008,
        512,
    ),
    context: Literal[16, 32] = 16,
    json: bool = False,
) -> int:
    """Count and print.

    Args:
        names: Students, e.g. es_ev_m; all if absent.
        neck: One neck only; both if absent.
        text: Text encoder.
        size: Pixels of the input's side, one or more.
        context: Tokens of a phrase.
        json: Print exact figures as JSON.
    """
    from efficientsam3_ros.model.image.student_image_encoder import NECKS
    from efficientsam3_ros.model.registry import STUDENTS, student_config
    from efficientsam3_ros.model.text.mobileclip import TEXTS

    # One row of sizes for each student and neck.
    configs = [
        [student_config(name, neck=one, text=text, size=side, context=context) for side in size]
        for name in names or STUDENTS
        for one in ((neck,) if neck else NECKS)
    ]
    if json:
        print(dumps([_record(sizes) for sizes in configs], indent=2))
        return 0
    every = [config for sizes in configs for config in sizes]
    # No student differs from another in the cost of its memory.
    unique = {(config.neck, config.size): config for config in every}
    print(f'Parameters in millions and estimated bundle, text: {TEXTS[text].title}\n')
    print(table(_WEIGHT_HEADER, [_weight_row(sizes[0]) for sizes in configs], text_columns=3))
    header = ('model', 'neck', 'size', 'grid', *_MACS)
    print('\nGMAC of a frame with one prompt; text and exemplar are encoded once and kept\n')
    print(table(header, [_cost_row(config) for config in every], text_columns=2))
    print(f'\n{_MEMORY_TITLE}\n')
    rows = [row for config in unique.values() for row in _memory_rows(config)]
    print(table(_MEMORY_HEADER, rows, text_columns=2))
    return 0


def _weights(config: StudentConfig) -> dict[str, dict[str, float]]:
    """Return numbers by part and megabytes of the bundle by precision.

    The bundle is estimated: the structure of the graphs adds a few per cent.
    """
    from efficientsam3_ros.model.cost.cost import count_parameters

    parts = count_parameters(config)
    return {
        'parameters': asdict(parts) | {'total': parts.total},
        'megabytes': {name: parts.total * size / _MILLION for name, size in _BYTES.items()},
    }


def _macs(config: StudentConfig) -> dict[str, int]:
    """Return multiply-accumulates by part."""
    from efficientsam3_ros.model.cost.cost import count_macs

    cost = count_macs(config)
    sums = {'encoder': cost.encoder, 'detector': cost.detector, 'frame': cost.image_path}
    return asdict(cost) | sums


def _memory(config: StudentConfig) -> dict[str, dict[str, int]]:
    """Return what the video memory weighs and costs by its kind.

    A Perceiver is missing where the grid of the input size cannot be cut into windows.
    """
    from efficientsam3_ros.model.cost.cost import count_macs, count_parameters
    from efficientsam3_ros.model.cost.memory_cost import memory_cost
    from efficientsam3_ros.model.student_memory import student_memory

    own = replace(config, tracker_neck=config.neck == 'sam3')
    levels = {
        'own_level_parameters': count_parameters(own).neck - count_parameters(config).neck,
        'own_levels': count_macs(own).neck - count_macs(config).neck,
    }
    found: dict[str, dict[str, int]] = {}
    for kind in _KINDS:
        with suppress(ValueError):
            cost = memory_cost(student_memory(config, kind))
            found[kind] = {**asdict(cost), **levels, 'frame': cost.total + levels['own_levels']}
    return found


def _record(sizes: list[StudentConfig]) -> dict[str, Any]:
    """Return the figures of one student with one neck, at all sizes."""
    config = sizes[0]
    return {
        'name': config.name,
        'trunk': config.trunk.name,
        'text': config.text.title,
        'neck': config.neck,
        'context': config.context,
        **_weights(config),
        'macs': {str(one.size): _macs(one) for one in sizes},
        'memory': {str(one.size): _memory(one) for one in sizes},
    }


def _weight_row(config: StudentConfig) -> list[str]:
    weights = _weights(config)
    return [
        *(config.name, config.trunk.title, config.neck),
        *(f'{number / _MILLION:.2f}' for number in weights['parameters'].values()),
        *(f'{size:.0f}' for size in weights['megabytes'].values()),
    ]


def _cost_row(config: StudentConfig) -> list[str]:
    macs = _macs(config)
    return [
        *(config.name, config.neck, str(config.size), str(config.grid)),
        *(f'{macs[name] / _BILLION:.2f}' for name in _MACS),
    ]


def _memory_rows(config: StudentConfig) -> list[list[str]]:
    return [
        [
            *(kind, config.neck, str(config.size), str(config.grid)),
            *(f'{record[name] / _MILLION:.2f}' for name in ('parameters', 'own_level_parameters')),
            *(f'{record["bytes_per_object"] / 1024:.0f}', str(record['tokens'])),
            *(f'{record[name] / _BILLION:.2f}' for name in _MEMORY_MACS),
        ]
        for kind, record in _memory(config).items()
    ]
