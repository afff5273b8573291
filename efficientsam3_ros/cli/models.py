"""``efficientsam3 models``: what the students and their memory weigh and cost, part by part."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
import json
from typing import TYPE_CHECKING, Any

from efficientsam3_ros.cli.models_memory import TITLE, memory_records, memory_table
from efficientsam3_ros.cli.support.tables import table

if TYPE_CHECKING:
    from efficientsam3_ros.model.cost.cost import Parts
    from efficientsam3_ros.model.student import StudentConfig

EXAMPLES = """\
  efficientsam3 models
  efficientsam3 models es_ev_m --neck lean --size 512
  efficientsam3 models --text s1 --json"""

_MILLION = 1e6
_BILLION = 1e9
_BYTES = {'fp32': 4, 'fp16': 2}
_SIZES = (1008, 512)
_WEIGHT_HEADER = (
    *('model', 'image trunk', 'neck', 'trunk M', 'neck M', 'text M', 'exemplar M', 'fusion M'),
    *('decoder M', 'masks M', 'total M', 'fp32 MB', 'fp16 MB'),
)
_COST_HEADER = (
    *('model', 'neck', 'size', 'grid', 'trunk', 'neck', 'fusion', 'decoder', 'masks'),
    *('encoder', 'detector', 'frame', 'exemplar', 'text'),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument('names', nargs='*', metavar='NAME', help='students, e.g. es_ev_m (all)')
    parser.add_argument('--neck', choices=['sam3', 'lean'], help='one neck only (both)')
    parser.add_argument(
        '--text', choices=['s0', 's1', 'l'], default='s0', help='text encoder (%(default)s)'
    )
    parser.add_argument(
        '--size', type=int, action='append', help='input pixels, may be repeated (1008 and 512)'
    )
    parser.add_argument(
        '--context',
        type=int,
        choices=[16, 32],
        default=16,
        help='tokens of a phrase (%(default)s)',
    )
    parser.add_argument('--json', action='store_true', help='print exact figures as JSON')


def run(arguments: argparse.Namespace) -> int:
    """Count and print."""
    from efficientsam3_ros.model.cost.cost import count_macs, count_parameters
    from efficientsam3_ros.model.text.mobileclip import TEXTS

    sizes = tuple(arguments.size or _SIZES)
    weights = [(c, count_parameters(c)) for c in _configs(arguments, sizes[:1])]
    costs = [(c, count_macs(c)) for c in _configs(arguments, sizes)]
    if arguments.json:
        print(json.dumps(_records(weights, costs), indent=2))
        return 0
    print(f'Parameters in millions and estimated bundle, text: {TEXTS[arguments.text].title}\n')
    print(table(_WEIGHT_HEADER, [_weight_row(*item) for item in weights], text_columns=3))
    print('\nGMAC of a frame with one prompt; text and exemplar are encoded once and kept\n')
    print(table(_COST_HEADER, [_cost_row(*item) for item in costs], text_columns=2))
    print(f'\n{TITLE}\n')
    print(memory_table([config for config, _ in costs]))
    return 0


def _configs(arguments: argparse.Namespace, sizes: tuple[int, ...]) -> Iterator[StudentConfig]:
    from efficientsam3_ros.model.image.family_image_encoder import NECKS
    from efficientsam3_ros.model.registry import FAMILY, student_config

    for name in arguments.names or FAMILY:
        for neck in NECKS:
            if arguments.neck not in (None, neck):
                continue
            for size in sizes:
                yield student_config(
                    name, neck=neck, text=arguments.text, size=size, context=arguments.context
                )


def _megabytes(parts: Parts) -> dict[str, float]:
    """Estimate a bundle: its weights; the structure of the graphs adds a few per cent."""
    return {name: parts.total * size / _MILLION for name, size in _BYTES.items()}


def _weight_row(config: StudentConfig, parts: Parts) -> list[str]:
    numbers = [*asdict(parts).values(), parts.total]
    return [
        *(config.name, config.trunk.title, config.neck),
        *(f'{number / _MILLION:.2f}' for number in numbers),
        *(f'{size:.0f}' for size in _megabytes(parts).values()),
    ]


def _cost_row(config: StudentConfig, parts: Parts) -> list[str]:
    numbers = (
        *(parts.trunk, parts.neck, parts.fusion, parts.decoder, parts.masks),
        *(parts.encoder, parts.detector, parts.image_path, parts.exemplar, parts.text),
    )
    return [
        *(config.name, config.neck, str(config.size), str(config.grid)),
        *(f'{number / _BILLION:.2f}' for number in numbers),
    ]


def _records(
    weights: list[tuple[StudentConfig, Parts]], costs: list[tuple[StudentConfig, Parts]]
) -> list[dict[str, Any]]:
    """Return one record for each student and neck."""
    return [
        {
            'name': config.name,
            'trunk': config.trunk.name,
            'text': config.text.title,
            'neck': config.neck,
            'context': config.context,
            'parameters': asdict(parts) | {'total': parts.total},
            'megabytes': _megabytes(parts),
            'macs': {
                str(other.size): asdict(cost)
                | {'encoder': cost.encoder, 'detector': cost.detector, 'frame': cost.image_path}
                for other, cost in costs
                if (other.name, other.neck) == (config.name, config.neck)
            },
            'memory': {
                str(other.size): memory_records(other)
                for other, _ in costs
                if (other.name, other.neck) == (config.name, config.neck)
            },
        }
        for config, parts in weights
    ]
