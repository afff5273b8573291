"""``efficientsam3 benchmark tracking``: detector alone against video memory on the same clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from efficientsam3_ros.cli.support.options import DEFAULT_ENGINE, EngineOptions
from efficientsam3_ros.cli.support.progress import progress
from efficientsam3_ros.cli.support.tables import table
from efficientsam3_ros.core.atomic import write_json
from efficientsam3_ros.datasets.simulated.suites import find_suite
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.evaluation.tracker_comparison import (
    HEADER,
    Contestant,
    TrackerScores,
    TrackerTotal,
    clips,
    follow,
    row,
)
from efficientsam3_ros.tracking import TrackerConfig

EXAMPLES = """\
examples:
  efficientsam3 benchmark tracking
  efficientsam3 benchmark tracking --with dense=output/nano_dense --suite reentry-60-v2"""

app = App(name='tracking', help_epilogue=EXAMPLES)


def contestants(bundle: str, others: Sequence[str] = ()) -> list[Contestant]:
    """Return a bundle without and with its memory, and others.

    Args:
        bundle: Name or folder.
        others: ``NAME=BUNDLE`` each, with memory.

    Raises:
        ValueError: If one of the others is not of that form.
    """
    found = [
        Contestant('detector only', bundle, TrackerConfig(memory=False)),
        Contestant('memory', bundle),
    ]
    for text in others:
        name, equals, other = text.partition('=')
        if not (name and equals and other):
            raise ValueError(f'Another tracker is given as NAME=BUNDLE, got "{text}".')
        found.append(Contestant(name, other))
    return found


@app.default
def run(
    *,
    suite: str = 'reentry-v1',
    others: Annotated[tuple[str, ...], Parameter(name='--with')] = (),
    cache: Path = Path('output/clips'),
    out: Path | None = None,
    engine: EngineOptions = DEFAULT_ENGINE,
) -> int:
    """Run every tracker over every clip, and print the table.

    Args:
        suite: Name of the clips.
        others: NAME=BUNDLE, one more bundle beside --bundle; may be repeated.
        cache: Folder of rendered clips.
        out: JSON file for all figures.
        engine: The network.
    """
    trackers = contestants(engine.bundle, others)
    chosen = find_suite(suite)
    engines = {
        item.bundle: load_engine(item.bundle, engine.engine, engine.threads) for item in trackers
    }
    scores: list[list[TrackerScores]] = []
    try:
        # Interleaved clip by clip, so that a busy moment of the machine hits all alike.
        scores = [
            [follow(clip, engines[item.bundle], item.config) for item in trackers]
            for clip in progress(clips(chosen, cache), 'clips', len(chosen.seeds))
        ]
    finally:
        for loaded in engines.values():
            loaded.close()
    totals = [TrackerTotal.of(item.name, column) for item, column in zip(trackers, zip(*scores))]
    print(
        f'{chosen.name}: {len(chosen.seeds)} simulated clips of {chosen.frames} frames, '
        f'{chosen.width}x{chosen.height}'
    )
    print(table(HEADER, [row(total) for total in totals]))
    if out is not None:
        data = {'suite': asdict(chosen), 'trackers': [asdict(total) for total in totals]}
        write_json(out, data)
    return 0
