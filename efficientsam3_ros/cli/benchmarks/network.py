"""``efficientsam3 benchmark network``: what necks and engines cost."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
import tempfile
from typing import Annotated

from cyclopts import App, Parameter

from efficientsam3_ros.cli.benchmarks.network_candidates import (
    ENGINES,
    NECKS,
    OURS,
    PARTS,
    UPSTREAM,
    Timing,
    candidates,
)
from efficientsam3_ros.cli.benchmarks.rounds import timed
from efficientsam3_ros.cli.support.console import progress, table
from efficientsam3_ros.cli.support.options import at_least
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output

EXAMPLES = """\
examples:
  efficientsam3 benchmark network
  efficientsam3 benchmark network --student es_rv_s --sizes 512 --out necks.json"""

app = App(name='network', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    student: str = 'es_ev_m',
    sizes: Annotated[tuple[int, ...], Parameter(consume_multiple=True), at_least(1)] = (1008, 512),
    rounds: Annotated[int, at_least(1)] = 5,
    out: Path | None = None,
) -> int:
    """Measure, print and write.

    Every round runs each candidate once, so that a disturbance hits all of them alike.

    Args:
        student: One of the nine; with random weights and the S0 text encoder.
        sizes: Pixels of the input's side.
        rounds: Timed rounds, after one to warm up.
        out: JSON file for the figures.
    """
    if out is not None:
        check_output(out)
    timings: list[Timing] = []
    for size in sizes:
        timings += _measure(student, size, rounds)
    print(_table(student, timings))
    for line in _conclusions(timings, sizes):
        print(line)
    if out is not None:
        write_json(out, [asdict(t) for t in timings])
    return 0


def _measure(student: str, size: int, rounds: int) -> list[Timing]:
    with tempfile.TemporaryDirectory() as folder:
        found = [
            candidate
            for neck in progress(NECKS, f'export at {size} px')
            for candidate in candidates(student, neck, size, Path(folder))
        ]
        seconds = timed([call for _, call in found], rounds, f'rounds at {size} px')
    return [replace(timing, seconds=times) for (timing, _), times in zip(found, seconds)]


def _table(student: str, timings: list[Timing]) -> str:
    header = ('neck', 'part', 'engine', 'size', 'GMAC', 'ms median', 'ms best', 'rounds')
    rows = [
        (
            *(t.neck, t.part, t.engine, t.size, f'{t.gmac:.1f}'),
            *(f'{1e3 * t.median:.0f}', f'{1e3 * min(t.seconds):.0f}', len(t.seconds)),
        )
        for t in timings
    ]
    title = f'{student}, random weights, fp32, one prompt'
    return f'{title}\n\n{table(header, rows, text_columns=3)}\n'


def _conclusions(timings: list[Timing], sizes: tuple[int, ...]) -> list[str]:
    found = {(t.neck, t.size, t.part, t.engine): t for t in timings}
    lines = []
    for size in sizes:
        for engine in ENGINES:
            upstream, eager, fast = (
                sum(found['sam3', size, part, e].median for part in PARTS)
                for e in (UPSTREAM, OURS, engine)
            )
            necks = [found[neck, size, PARTS[0], engine].median for neck in ('sam3', 'lean')]
            lines.append(
                f'{size} px, sam3 neck: {engine} {upstream / fast:.1f}x faster than torch in '
                f"upstream's layout, {eager / fast:.1f}x than torch in ours; its lean encoder "
                f'{necks[0] / necks[1]:.1f}x faster than the one with the sam3 neck'
            )
        path = [
            sum(found[neck, size, part, engine].gmac for part in PARTS)
            for neck, engine in (('sam3', UPSTREAM), ('sam3', OURS), ('lean', OURS))
        ]
        lines.append(
            f"{size} px: image path {path[0]:.1f} GMAC in upstream's layout, {path[1]:.1f} "
            f'folded, {path[2]:.1f} lean: {path[0] / path[2]:.1f}x fewer'
        )
    return lines
