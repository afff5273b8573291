"""Without torch and the like, and with launch_testing's hook, the other tests are collected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import subprocess
import sys

from optional_module import OPTIONAL

BASE = {'PIL', 'yaml', 'xdist'}
"""Of the optional packages those that are here all the same: others or pytest bring them."""
TESTS = Path(__file__).resolve().parents[1]

PLUGIN = '''
import importlib.util
import sys

import pytest


class Absent:
    """Finds nothing of what robots lack."""

    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in ABSENT:
            raise ModuleNotFoundError(f'No module named {name!r}', name=name)
        return None


ABSENT = {absent!r}
sys.meta_path.insert(0, Absent())


@pytest.hookimpl
def pytest_pycollect_makemodule(module_path, parent):
    """Import the module, as launch_testing does to see whether it starts a launch file."""
    spec = importlib.util.spec_from_file_location('looked_at', module_path)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
'''


def collect(
    tmp_path: Path, *names: str, absent: Sequence[str] = ('torch', 'timm', 'scipy', 'hypothesis')
) -> subprocess.CompletedProcess[str]:
    (tmp_path / 'robot.py').write_text(PLUGIN.replace('{absent!r}', repr(tuple(absent))))
    code = f'import sys\nsys.path.insert(0, {str(tmp_path)!r})\nimport pytest\n'
    code += 'sys.exit(pytest.main(sys.argv[1:]))'
    options = [
        '--collect-only',
        '-q',
        '-p',
        'robot',
        '-p',
        'no:cacheprovider',
        *('-p', 'no:xdist', '-p', 'no:hypothesispytest'),
    ]
    command = [sys.executable, '-c', code, *options, *(str(TESTS / name) for name in names)]
    return subprocess.run(command, capture_output=True, text=True, cwd=TESTS.parent)


def test_a_module_that_lacks_a_package_is_skipped_and_the_others_go_on(tmp_path):
    wanted = 'core/test_rle.py'
    # They need torch plainly, torch behind importorskip, and scipy in our own code.
    lacking = ('model/layers/test_rotary.py', 'model/test_student.py')
    done = collect(tmp_path, *lacking, 'evaluation/metrics/test_counts.py', wanted)
    assert done.returncode == 0, done.stdout
    assert f'{wanted}: ' in done.stdout or f'{wanted}::' in done.stdout
    assert not any(f'{name}:' in done.stdout for name in lacking)


def test_a_module_of_our_own_that_is_missing_is_an_error(tmp_path):
    (tmp_path / 'test_broken.py').write_text('import scripted_engin\n')
    done = collect(tmp_path, str(tmp_path / 'test_broken.py'))
    assert done.returncode != 0 or 'scripted_engin' in done.stdout


def test_every_folder_is_collected_on_a_robot(tmp_path):
    absent = sorted(OPTIONAL - BASE)
    done = collect(tmp_path, '.', absent=absent)
    assert done.returncode == 0, done.stdout[-3000:]
    assert 'core/test_rle.py' in done.stdout and 'training/' not in done.stdout
