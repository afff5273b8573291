"""The command line where the disk is full: what it said, and what can be read of what it left.

Usage: ``python small_disk.py DISK JSON``, with a list of runs, each the kilobytes that are free on
DISK and the words. Prints a JSON list. ``track`` and ``evaluate`` see colours, as in other tests.
"""

from __future__ import annotations

from contextlib import redirect_stderr, redirect_stdout
import io
import json
from pathlib import Path
import shutil
import sys
from typing import Any
from unittest.mock import patch

import cv2
from scripted_engine import ColorEngine

from efficientsam3_ros.bags import BagError, BagReader
from efficientsam3_ros.bags.topics import INSTANCES_TOPIC
from efficientsam3_ros.cli import track
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.evaluation.run import in_process


def run(disk: Path, free_kb: int, words: list[str]) -> dict[str, Any]:
    filler = disk / 'filler'
    filler.write_bytes(bytes(shutil.disk_usage(disk).free - 1000 * free_kb))
    said = io.StringIO()
    with redirect_stderr(said), redirect_stdout(said):
        code = main(words)
    filler.unlink()
    files = sorted(path for path in disk.rglob('*') if path.is_file())
    left = {str(path.relative_to(disk)): readable(path) for path in files}
    for path in disk.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return {'code': code, 'said': said.getvalue(), 'left': left}


def readable(path: Path) -> int:
    """Return how many frames, results, lines or entries of a file can be read."""
    if path.suffix == '.mp4':
        film, count = cv2.VideoCapture(str(path)), 0
        while film.read()[0]:
            count += 1
        return count
    if path.suffix == '.mcap':
        try:
            with BagReader(path) as bag:
                return len(list(bag.results(INSTANCES_TOPIC)))
        except BagError:
            return 0
    if path.suffix == '.jsonl':
        return len([json.loads(line) for line in path.read_text().splitlines()])
    if path.suffix == '.json':
        return len(json.loads(path.read_text()))
    return path.stat().st_size


if __name__ == '__main__':
    with (
        patch.object(track, 'load_engine', lambda *_: ColorEngine()),
        patch.object(in_process, 'load_engine', lambda *_: ColorEngine()),
        # Its drawing library takes seconds to load.
        patch.dict(sys.modules, {'efficientsam3_ros.evaluation.report': None}),
    ):
        print(json.dumps([run(Path(sys.argv[1]), *given) for given in json.loads(sys.argv[2])]))
