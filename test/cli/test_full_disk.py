"""A disk that is really full ends a verb in one sentence, and what is left can be read."""

from __future__ import annotations

from importlib.util import find_spec
import json
import os
from pathlib import Path
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from rooms import SUPPORT, VARIABLES

from efficientsam3_ros.bags import BagWriter

SCRIPT = SUPPORT / 'commands/small_disk.py'
FRAMES = 60
MOUNT = 'mount -t tmpfs -o size=2m tmpfs "$0" && '
SIZE = ('--width', '160', '--height', '120', '--fps', '5', '--seconds', '1')
SIMULATE = ('simulate', '--pack', 'primitives', '--sensor-noise', *SIZE, '--out')


def write_noise(path: Path) -> str:
    """Write a bag of pictures that take much room."""
    random = np.random.default_rng(1)
    with BagWriter(path) as bag:
        for index in range(FRAMES):
            rgb = random.integers(0, 255, (48, 64, 3), np.uint8)
            bag.image('/image', rgb, 'rgb8', 10**9 + index * 10**8, 'camera')
    return str(path)


@pytest.fixture(scope='module')
def disk(tmp_path_factory) -> Path:
    """Return where a small disk may be mounted."""
    folder: Path = tmp_path_factory.mktemp('full') / 'disk'
    folder.mkdir()
    try:
        probe = ['unshare', '-rm', 'bash', '-c', MOUNT + 'true', str(folder)]
        allowed = subprocess.run(probe, capture_output=True, timeout=20).returncode == 0
    except OSError:
        allowed = False
    if not allowed:
        pytest.skip('this user may mount no disk of its own')
    return folder


@pytest.fixture(scope='module')
def ends(disk) -> dict[str, dict[str, Any]]:
    """Return how verbs ended on a disk with little room."""
    pytest.importorskip('scipy', reason='evaluate needs SciPy')
    noise = write_noise(disk.parent / 'noise.mcap')
    out = str(disk / 'out')
    runs = {
        'track': (100, ['track', noise, '--prompts', 'red mug', '--out', out]),
        'track-12': (12, ['track', noise, '--prompts', 'red mug', '--out', out]),
        'track-8': (8, ['track', noise, '--prompts', 'red mug', '--out', out]),
        'evaluate': (60, ['evaluate', noise, '--concepts', 'red mug', '--out', out]),
        'results': (0, ['evaluate', noise, '--concepts', 'red mug', '--out', out]),
    }
    if find_spec('mujoco'):
        runs['clip'] = (100, [*SIMULATE, str(disk / 'clip')])
        runs['clip.db3'] = (100, [*SIMULATE, str(disk / 'clip.db3')])
    given = json.dumps(list(runs.values()))
    command = ['unshare', '-rm', 'bash', '-c', MOUNT + 'exec "$@"', str(disk)]
    command += [sys.executable, str(SCRIPT), str(disk), given]
    env = os.environ | VARIABLES
    done = subprocess.run(
        command, cwd=disk.parent, env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(runs, json.loads(done.stdout.splitlines()[-1])))


def test_no_verb_succeeds_and_each_tells_the_remedy(ends):
    for name, end in ends.items():
        assert end['code'] != 0, name
        assert 'free some space' in end['said'] and 'Traceback' not in end['said'], name
        assert 'bug of' not in end['said'] and '.part-' not in end['said'], name
        assert not [file for file in end['left'] if '.part-' in file], name


def test_track_keeps_what_was_done(ends, disk):
    left, said = ends['track']['left'], ends['track']['said']
    assert f'error: {disk}/out/overlay.mp4: No space left on device' in said
    assert f'What was done is kept in {disk}/out' in said
    assert 0 < left['out/overlay.mp4'] < FRAMES
    assert 0 < left['out/instances.mcap'] <= left['out/instances.jsonl'] <= FRAMES


@pytest.mark.parametrize('name', ['track', 'track-12', 'track-8'])
def test_what_holds_nothing_is_named(ends, disk, name):
    left, said = ends[name]['left'], ends[name]['said']
    for file in ('overlay.mp4', 'contact_sheet.png', 'instances.jsonl', 'instances.mcap'):
        assert left.get(f'out/{file}') or f'{disk}/out/{file}' in said, file


def test_evaluate_names_the_sequence_or_keeps_what_was_done(ends, disk):
    one = ends['evaluate']
    assert one['code'] == 1 and f'{disk}/out/overlays/noise.mp4: No space' in one['said']
    assert one['left']['out/predictions/noise.mcap'] == FRAMES
    assert ends['results']['code'] == 2 and 'out/results.json' not in ends['results']['left']


@pytest.mark.parametrize('name', ['clip', 'clip.db3'])
def test_a_simulation_that_does_not_fit_leaves_nothing(ends, disk, name):
    if name not in ends:
        pytest.skip('MuJoCo is not installed')
    assert ends[name]['code'] == 2 and not ends[name]['left']
    assert f'error: {disk / name}: ' in ends[name]['said']
