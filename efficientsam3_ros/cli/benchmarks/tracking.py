"""``efficientsam3 benchmark tracking``: detector alone against video memory on the same clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from efficientsam3_ros.cli.support.progress import progress
from efficientsam3_ros.cli.support.tables import table
from efficientsam3_ros.core.atomic import write_json
from efficientsam3_ros.datasets.simulated.suites import Suite
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


def run(
    trackers: Sequence[Contestant],
    suite: Suite,
    cache: Path,
    backend: str = 'onnxruntime',
    threads: int = 0,
    out: Path | None = None,
) -> list[TrackerTotal]:
    """Run every tracker over every clip, and print the table.

    Args:
        trackers: Who takes part.
        suite: The clips.
        cache: Folder of rendered clips.
        backend: Engine.
        threads: Of the engine, 0 for all cores.
        out: JSON file for all figures.
    """
    engines = {item.bundle: load_engine(item.bundle, backend, threads) for item in trackers}
    scores: list[list[TrackerScores]] = []
    try:
        # Interleaved clip by clip, so that a busy moment of the machine hits all alike.
        scores = [
            [follow(clip, engines[item.bundle], item.config) for item in trackers]
            for clip in progress(clips(suite, cache), 'clips', len(suite.seeds))
        ]
    finally:
        for engine in engines.values():
            engine.close()
    totals = [TrackerTotal.of(item.name, column) for item, column in zip(trackers, zip(*scores))]
    print(
        f'{suite.name}: {len(suite.seeds)} simulated clips of {suite.frames} frames, '
        f'{suite.width}x{suite.height}'
    )
    print(table(HEADER, [row(total) for total in totals]))
    if out is not None:
        data = {'suite': asdict(suite), 'trackers': [asdict(total) for total in totals]}
        write_json(out, data)
    return totals
