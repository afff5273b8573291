"""``efficientsam3 benchmark outputs``: what each output of the objects node costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
import re
from typing import TYPE_CHECKING, Annotated

from cyclopts import App

from efficientsam3_ros.cli.support.console import frame_bar
from efficientsam3_ros.cli.support.options import OptionError, Words, at_least
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.harness.ros_environment import require_ros

if TYPE_CHECKING:
    from efficientsam3_ros.harness.output_costs import Costs

EXAMPLES = """\
examples:
  efficientsam3 benchmark outputs
  efficientsam3 benchmark outputs --sizes 848x480 --objects 12 --out costs.json"""

_SIZE = re.compile(r'([1-9]\d{1,3})x([1-9]\d{1,3})')
_SIZES = ('640x480', '1280x720')

app = App(name='outputs', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    sizes: Words = _SIZES,
    objects: Annotated[int, at_least(1)] = 5,
    rounds: Annotated[int, at_least(1)] = 15,
    seed: Annotated[int, at_least(0)] = 9000,
    out: Path | None = None,
) -> int:
    """Make every output of a simulated scene with true masks, and print a table.

    Processor time of this process, all threads together; each output is made from the start,
    where the node shares the cleaning of masks among those that are listened to.

    Args:
        sizes: WIDTHxHEIGHT each.
        objects: Things on the table.
        rounds: The median of so many is shown.
        seed: Of the scene.
        out: JSON file for the figures.
    """
    if out is not None:
        check_output(out)
    require_ros()
    from efficientsam3_ros.harness.output_costs import measure_outputs

    plan = [_parsed(text) for text in sizes]
    with frame_bar('outputs', len(plan) * (rounds + 1)) as tick:
        found = [measure_outputs(w, h, objects, rounds, seed, tick) for w, h in plan]
    print(f'processor time, median of {rounds}, seed {seed}\n')
    print(cost_table(found))
    if out is not None:
        write_json(out, {'rounds': rounds, 'seed': seed, 'sizes': [asdict(c) for c in found]})
    return 0


def cost_table(found: Sequence[Costs]) -> str:
    """Return a Markdown table: a row for each output, a column for each size."""
    sizes = [f'{item.width}x{item.height}, {item.objects} objects (ms)' for item in found]
    lines = [f'| output | {" | ".join(sizes)} |', f'|---|{"--:|" * len(sizes)}']
    for name in found[0].milliseconds:
        cells = [_shown(item.milliseconds[name]) for item in found]
        lines.append(f'| {name} | {" | ".join(cells)} |')
    return '\n'.join(lines)


def _shown(milliseconds: float) -> str:
    return f'{milliseconds:.1f}' if milliseconds < 1 else f'{milliseconds:.0f}'


def _parsed(text: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(text)
    if match is None:
        raise OptionError(f'"{text}" is no size; write WIDTHxHEIGHT, such as 640x480.')
    return int(match[1]), int(match[2])
