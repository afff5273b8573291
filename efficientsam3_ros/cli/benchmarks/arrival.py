"""``efficientsam3 benchmark arrival``: images that arrive in the node, of images sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
import tempfile
from typing import Annotated

from cyclopts import App

from efficientsam3_ros.cli.support.console import progress
from efficientsam3_ros.cli.support.options import (
    EngineOptions,
    OptionError,
    Positive,
    Switch,
    Words,
    at_least,
)
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.harness.arrival import Arrival, Stream, measure_arrival
from efficientsam3_ros.harness.busy import busy_processes
from efficientsam3_ros.harness.ros_environment import require_ros
from efficientsam3_ros.nodes.tracker.settings import RELIABILITIES, NodeSettings

EXAMPLES = """\
examples:
  efficientsam3 benchmark arrival
  efficientsam3 benchmark arrival --seconds 10 --repeats 1 --no-camera-profile"""

_PROMPTS = ('mug', 'banana', 'screwdriver')
_STREAMS = ('640x480@30', '1280x720@30', '1920x1080@15')
_HEADER = ('image', 'publisher', 'sent', 'received', 'counted as lost', 'uncounted', 'received')

app = App(name='arrival', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    seconds: Positive = 60.0,
    repeats: Annotated[int, at_least(1)] = 3,
    streams: Words = _STREAMS,
    busy: Annotated[int, at_least(0)] = 1,
    camera_profile: Switch = True,
    out: Path | None = None,
    engine: EngineOptions = EngineOptions(),
) -> int:
    """Send each stream from a reliable and a best-effort publisher, and print a table.

    Camera and tracker are two processes with the environment that tracker.launch.py sets.

    Args:
        seconds: Length of each run.
        repeats: Runs of each stream, in turns; the median is shown.
        streams: WIDTHxHEIGHT@RATE each.
        busy: Processes of one thread that keep the machine busy beside.
        camera_profile: Give the camera the Fast DDS profile that the launch file sets.
        out: JSON file for the figures of every run.
        engine: The network.
    """
    if out is not None:
        check_output(out)
    require_ros()
    plan = parsed(streams)
    tracker = NodeSettings(**vars(engine), prompts=_PROMPTS)
    found: dict[Stream, list[Arrival]] = {stream: [] for stream in plan}
    with tempfile.TemporaryDirectory() as folder, busy_processes(busy):
        # In turns, so that a disturbance hits all streams alike.
        for stream in progress(list(plan) * repeats, 'arrival'):
            run_of = measure_arrival(stream, seconds, tracker, Path(folder), camera_profile)
            found[stream].append(run_of)
    print(f'{seconds:g} s each, median of {repeats}, {busy} busy beside\n')
    print(arrival_table(found))
    if out:
        runs = [
            {**asdict(stream), 'runs': [asdict(item) for item in runs]}
            for stream, runs in found.items()
        ]
        write_json(out, {'seconds': seconds, 'busy': busy, 'streams': runs})
    return 0


def parsed(streams: Sequence[str]) -> tuple[Stream, ...]:
    """Return every stream with every reliability.

    Raises:
        OptionError: If one has another form.
    """
    try:
        return tuple(Stream.parse(s, quality) for s in streams for quality in RELIABILITIES)
    except ValueError as error:
        raise OptionError(str(error)) from None


def arrival_table(found: Mapping[Stream, Sequence[Arrival]]) -> str:
    """Return a table in Markdown; each row is the run of the median share received."""
    lines = [_row(_HEADER), _row(['---'] * len(_HEADER))]
    for stream, runs in found.items():
        middle = median(item.share for item in runs)
        item = min(runs, key=lambda run: abs(run.share - middle))
        cells = (item.sent, item.received, item.lost, item.uncounted, f'{item.share:.1%}')
        lines.append(_row((stream, stream.reliability.replace('_', ' '), *cells)))
    return '\n'.join(lines)


def _row(cells: Sequence[object]) -> str:
    return f'| {" | ".join(map(str, cells))} |'
