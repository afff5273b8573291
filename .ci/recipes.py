"""``make recipes``: docs/recipes.md and ``track`` from a wheel alone, without ROS or extras."""

from __future__ import annotations

from collections.abc import Mapping
import os
from pathlib import Path
import subprocess
import sys
import tempfile

from environment import CONSTRAINTS, FOREIGN_VARIABLES, ROOT, copy_sources
from steps import StepError, run_quietly, run_shown, say, step

RUNNER = ROOT / 'test/support/commands/recipe_page.py'
PICTURE = ROOT / 'docs' / 'images' / 'overview.jpg'
ABSENT = ('rclpy', 'rosidl_runtime_py', 'torch', 'scipy')
IMPORT_LIMIT_S = 0.05
# Time of the processor: the machine may have other work.
_TIMED = 'import time; start = time.process_time(); import {}; print(time.process_time() - start)'
_LOOK = 'from importlib.util import find_spec; print(*filter(find_spec, {!r}))'


def recipes() -> int:
    """Build, install, measure and run; return the exit code of the recipes.

    Raises:
        StepError: If something cannot be built or installed, the environment is not empty, or
            the import became slow.
    """
    env = {key: value for key, value in os.environ.items() if key not in FOREIGN_VARIABLES}
    env['PYTHONSAFEPATH'] = '1'
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        python = scratch / 'empty' / 'bin' / 'python'
        with step('wheel in an empty environment'):
            _install(scratch, python, env)
        found = _answer(python, _LOOK.format(ABSENT), env)
        if found:
            raise StepError(f'{found} must not be needed, yet the wheel brings it: see setup.py.')
        size = sum(f.stat().st_size for f in (scratch / 'empty').rglob('*') if f.is_file())
        say(f'environment: {size / 1e6:.0f} MB')
        for module in ('efficientsam3_ros', 'efficientsam3_ros.tracking', 'efficientsam3_ros.api'):
            seconds = min(float(_answer(python, _TIMED.format(module), env)) for _ in range(5))
            say(f'import {module}: {seconds * 1000:.1f} ms')
            if module == 'efficientsam3_ros' and seconds > IMPORT_LIMIT_S:
                raise StepError(
                    f'That is over {IMPORT_LIMIT_S} s; python -X importtime tells why.'
                )
        with step('efficientsam3 track'):
            command = [python.with_name('efficientsam3'), 'track', PICTURE]
            run_quietly([*command, '--prompts', 'red mug', '--out', 'tracked'], env, scratch)
        with step('recipes'):
            return run_shown([python, RUNNER], env, scratch)


def _install(scratch: Path, python: Path, env: Mapping[str, str]) -> None:
    source, wheels = scratch / 'source', scratch / 'wheels'
    copy_sources(source)
    run_quietly([sys.executable, '-m', 'venv', python.parents[1]], env, scratch)
    pip = [python, '-m', 'pip', '--quiet', '--no-input']
    run_quietly([*pip, 'wheel', '--no-deps', '-w', wheels, source], env, scratch)
    run_quietly([*pip, 'install', '-c', CONSTRAINTS, *wheels.glob('*.whl')], env, scratch)


def _answer(python: Path, code: str, env: Mapping[str, str]) -> str:
    command = [str(python), '-c', code]
    return subprocess.run(
        command, env=dict(env), cwd=python.parent, capture_output=True, text=True, check=True
    ).stdout.strip()
