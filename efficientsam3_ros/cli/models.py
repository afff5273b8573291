"""``efficientsam3 models``: what the students and their memory weigh and cost, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from json import dumps
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from efficientsam3_ros.cli.models_memory import TITLE, memory_records, memory_table
from efficientsam3_ros.cli.support.tables import table

if TYPE_CHECKING:
    from efficientsam3_ros.model.cost.cost import Parts
    from efficientsam3_ros.model.student import StudentConfig

EXAMPLES = """\
examples:
  efficientsam3 models
  efficientsam3 models es_ev_m --neck lean --size 512
  efficientsam3 models --text s1 --json"""

_MILLION = 1e6
_BILLION = 1e9
_BYTES = {'fp32': 4, 'fp16': 2}
_WEIGHT_HEADER = (
    *('model', 'image trunk', 'neck', 'trunk M', 'neck M', 'text M', 'exemplar M', 'fusion M'),
    *('decoder M', 'masks M', 'total M', 'fp32 MB', 'fp16 MB'),
)
_COST_HEADER = (
    *('model', 'neck', 'size', 'grid', 'trunk', 'neck', 'fusion', 'decoder', 'masks'),
    *('encoder', 'detector', 'frame', 'exemplar', 'text'),
)


app = App(name='models', help_epilogue=EXAMPLES)


@app.default
def run(
    *names: str,
    neck: Literal['sam3', 'lean'] | None = None,
    text: Literal['s0', 's1', 'l'] = 's0',
    size: Annotated[tuple[int, ...], Parameter(consume_multiple=True)] = (1008, 512),
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
    from efficientsam3_ros.model.cost.cost import count_macs, count_parameters
    from efficientsam3_ros.model.image.student_image_encoder import NECKS
    from efficientsam3_ros.model.registry import STUDENTS, student_config
    from efficientsam3_ros.model.text.mobileclip import TEXTS

    def configs(*sizes: int) -> Iterator[StudentConfig]:
        for name in names or STUDENTS:
            for one in (neck,) if neck else NECKS:
                for side in sizes:
                    yield student_config(name, neck=one, text=text, size=side, context=context)

    weights = [(config, count_parameters(config)) for config in configs(size[0])]
    costs = [(config, count_macs(config)) for config in configs(*size)]
    if json:
        print(dumps(_records(weights, costs), indent=2))
        return 0
    print(f'Parameters in millions and estimated bundle, text: {TEXTS[text].title}\n')
    print(table(_WEIGHT_HEADER, [_weight_row(*item) for item in weights], text_columns=3))
    print('\nGMAC of a frame with one prompt; text and exemplar are encoded once and kept\n')
    print(table(_COST_HEADER, [_cost_row(*item) for item in costs], text_columns=2))
    print(f'\n{TITLE}\n')
    print(memory_table([config for config, _ in costs]))
    return 0


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
