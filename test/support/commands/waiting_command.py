"""The command line in a process of its own that waits for a signal in the midst of its work.

Usage: ``python waiting_command.py READY FRAME WORDS...``. When so many frames were worked on, it
makes the file READY and waits. ``evaluate`` sees colours, as in the other tests.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
import signal
import sys
import time
from typing import Any
from unittest.mock import patch

from scripted_engine import ColorEngine

from efficientsam3_ros.cli.main import main
from efficientsam3_ros.datasets.simulated import simulated_bag
from efficientsam3_ros.evaluation.run import in_process
from efficientsam3_ros.tracking import ConceptTracker

SECONDS = 60.0


def waiting(function: Callable[..., Any], frame: int, ready: Path) -> Callable[..., Any]:
    """Return the function, which waits when it is called for a frame."""
    numbers = count(1)

    def call(*args: Any) -> Any:
        if next(numbers) == frame:
            ready.touch()
            time.sleep(SECONDS)
        return function(*args)

    return call


def run() -> int:
    ready, frame, *words = sys.argv[1:]
    # Shells have jobs in the background ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    step = waiting(ConceptTracker.step, int(frame), Path(ready))
    masks = waiting(simulated_bag.object_masks, int(frame), Path(ready))
    with (
        patch.object(ConceptTracker, 'step', lambda *args: step(*args)),
        patch.object(in_process, 'load_engine', lambda *_: ColorEngine()),
        patch.object(simulated_bag, 'object_masks', masks),
    ):
        return main(words)


if __name__ == '__main__':
    sys.exit(run())
