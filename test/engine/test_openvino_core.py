"""A process lives on after OpenVINO was used in one thread and ended in another.

OpenVINO's CPU plugin lends a signal stack to the thread that creates it and frees that memory in
the thread that destroys it. Where these differ, the first thread's next signal ends the process.
AMX is not needed for it; there, a frame is only larger (11,952 bytes against 3,376 without).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
import os
from pathlib import Path
import subprocess
import sys

import numpy as np
import pytest
import signal_stack as stacks
import signals_after_engine
from tiny_onnx import write_tiny_bundle

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.engine.openvino_backend import require
from efficientsam3_ros.engine.openvino_core import write_ir

pytest.importorskip('openvino')
pytestmark = pytest.mark.skipif(
    sys.platform != 'linux', reason='OpenVINO lends signal stacks on Linux only'
)
ROOT = Path(__file__).resolve().parents[2]
WAYS = ('closed', 'collected')
IMAGE = np.zeros((1, 3, 4, 6), np.float32)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path)


@pytest.fixture(scope='module')
def process(tmp_path_factory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return what starts a process for two threads, which ends an engine in each way."""
    folder = write_tiny_bundle(tmp_path_factory.mktemp('bundle'))

    @cache
    def run(used: str, ended: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, signals_after_engine.__file__, str(folder), used, ended, *WAYS]
        env = os.environ | {'PYTHONPATH': str(ROOT)}
        return subprocess.run(command, capture_output=True, text=True, timeout=120, env=env)

    return run


@pytest.mark.parametrize('how', WAYS)
@pytest.mark.parametrize(
    ('used', 'ended'),
    [('main', 'main'), ('main', 'other'), ('other', 'other'), ('other', 'main')],
)
def test_signals_find_the_process_alive(process, used, ended, how):
    done = process(used, ended)
    assert done.returncode == 0, f'ended with {done.returncode}: {done.stderr}'
    seen = done.stdout.splitlines()[WAYS.index(how)]
    assert seen.split() == ['SIGCHLD', 'SIGINT', 'SIGTERM', 'SIGUSR1']


def test_no_step_of_an_engines_life_touches_the_signal_stack_of_a_thread(bundle):
    with ThreadPoolExecutor(max_workers=1) as pool:
        before = stacks.signal_stack(), pool.submit(stacks.signal_stack).result()

        def expect_untouched() -> None:
            assert (stacks.signal_stack(), pool.submit(stacks.signal_stack).result()) == before

        require('openvino')
        write_ir(bundle, Manifest.load(bundle).graphs['image_encoder'])
        expect_untouched()
        engine = load_engine(bundle, 'openvino', 1)
        expect_untouched()
        engine.run('image_encoder', {'image': IMAGE})
        pool.submit(engine.run, 'image_encoder', {'image': IMAGE}).result()
        expect_untouched()
        pool.submit(engine.close).result()
        del engine
        expect_untouched()


def test_the_probe_sees_a_signal_stack():
    code = 'import signal_stack as s; print(*s.signal_stack())'
    env = os.environ | {'PYTHONPATH': str(Path(stacks.__file__).parent)}
    sizes = []
    for options in ([], ['-X', 'faulthandler']):
        command = [sys.executable, *options, '-c', code]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
        sizes.append(int(done.stdout.split()[1]))
    # Python gives its main thread such a stack if, and only if, faulthandler is on.
    assert sizes[0] == 0 < sizes[1]
