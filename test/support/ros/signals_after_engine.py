"""A process that uses an OpenVINO engine in one thread, ends it in another, and gets signals.

Usage: ``python signals_after_engine.py BUNDLE USED ENDED HOW...``, with ``main`` or ``other`` as
threads and ``closed`` or ``collected`` as the ways. It does so anew for each way, and prints a
line of the signals that its handler saw. Whether it lives to do so is the test's question.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import gc
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np

from efficientsam3_ros.engine import Engine, load_engine

SECONDS = 30.0
IMAGE = np.zeros((1, 3, 4, 6), np.float32)


def main() -> None:
    bundle, used, ended, *ways = sys.argv[1:]
    for how in ways:
        _live(bundle, used, ended, how)


def _live(bundle: str, used: str, ended: str, how: str) -> None:
    engines: list[Engine] = []
    # The other thread outlives the engine, as an executor's threads do on a robot.
    with ThreadPoolExecutor(max_workers=1) as pool:
        other = pool.submit(threading.get_ident).result()

        def run_in(thread: str, call: Callable[[], None]) -> None:
            call() if thread == 'main' else pool.submit(call).result()

        run_in(used, lambda: _use(engines, bundle))
        run_in(ended, lambda: _end(engines, how))
        print(*_signals(other), flush=True)


def _use(engines: list[Engine], bundle: str) -> None:
    engine = load_engine(bundle, 'openvino', 1)
    engine.run('image_encoder', {'image': IMAGE})
    engines.append(engine)


def _end(engines: list[Engine], how: str) -> None:
    if how == 'closed':
        engines[0].close()
    engines.clear()
    gc.collect()


def _signals(other: int) -> list[str]:
    """Have a handler called for each signal of interest; return the names that it saw."""
    seen: list[int] = []
    sent = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
    for number in sent:
        signal.signal(number, lambda number, _: seen.append(number))
    subprocess.run(['true'], check=True)
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    signal.pthread_kill(other, signal.SIGUSR1)
    deadline = time.monotonic() + SECONDS
    while set(seen) != set(sent) and time.monotonic() < deadline:
        time.sleep(0.01)
    return sorted(signal.Signals(number).name for number in set(seen))


if __name__ == '__main__':
    main()
