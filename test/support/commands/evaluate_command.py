"""``efficientsam3 evaluate`` on bags of painted blocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from painted_sequence import PaintedSequence

from efficientsam3_ros.bags import BagWriter
from efficientsam3_ros.cli.main import main

IMAGE, TRUTH = '/camera/image_raw', '/camera/ground_truth'


def write_bag(path: Path, truth: bool = True, **changes: Any) -> Path:
    """Write a bag, with its truth or without.

    Args:
        path: The bag.
        truth: Whether it holds its truth.
        changes: Of the sequence, see ``PaintedSequence``.
    """
    sequence = PaintedSequence(**changes)
    with BagWriter(path) as bag:
        if truth:
            bag.concepts(TRUTH, sequence.concepts, sequence.stamp(0))
        for frame, there in zip(sequence.frames(), sequence.truth()):
            bag.image(IMAGE, frame.rgb, 'rgb8', frame.stamp_ns, frame.frame_id)
            if truth and there is not None:
                bag.instances(TRUTH, there)
    return path


def evaluate(*words: object) -> int:
    """Run the command; return its exit code."""
    return main(['evaluate', *map(str, words)])


def load(out: str) -> dict[str, Any]:
    """Return ``results.json`` of a folder of results."""
    return json.loads(Path(out, 'results.json').read_text())
