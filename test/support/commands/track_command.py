"""``efficientsam3 track`` on a short clip of two colored blocks."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path

import cv2
from scripted_engine import painted_frame

from efficientsam3_ros.bags import BagWriter
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.core import Frame

FRAMES = 10


def frames() -> Iterator[Frame]:
    """Iterate over the clip: a red block that moves, a blue one that rests."""
    for i in range(FRAMES):
        boxes = {'red': (4 + 2 * i, 6, 12, 10), 'blue': (40, 30, 10, 10)}
        yield painted_frame(boxes, stamp_ns=1_000_000_000 + i * 100_000_000)


def write_bag(path: Path) -> Path:
    """Write the clip as a bag."""
    with BagWriter(path) as writer:
        for frame in frames():
            writer.image('/image', frame.rgb, 'rgb8', frame.stamp_ns, 'camera')
    return path


def write_pictures(folder: Path) -> Path:
    """Write the clip as a new folder of pictures."""
    folder.mkdir()
    for i, frame in enumerate(frames()):
        cv2.imwrite(str(folder / f'{i:03}.png'), cv2.cvtColor(frame.rgb, cv2.COLOR_RGB2BGR))
    return folder


def track(source: Path, out: Path, *more: str) -> int:
    """Track both blocks; return the exit code."""
    prompts = ['--prompts', 'red mug, a blue block']
    return main(['track', str(source), *prompts, '--out', str(out), *more])


def lines(out: Path) -> list[dict]:
    """Return what stands in ``instances.jsonl`` of a folder of results."""
    return [json.loads(line) for line in (out / 'instances.jsonl').read_text().splitlines()]
