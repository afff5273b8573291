"""Named steps with their elapsed time, and commands whose output shows only when they fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
import signal
import subprocess
import sys
import time

_START = time.monotonic()
_TAIL_LINES = 150


class StepError(RuntimeError):
    """A step that cannot go on; the message says why and what to do."""


def say(text: str) -> None:
    """Print one line with the seconds since the start."""
    print(f'[{time.monotonic() - _START:6.1f} s] {text}', flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Announce a step and, at its end, how long it took."""
    say(f'{name} ...')
    begin = time.monotonic()
    yield
    say(f'{name}: done in {time.monotonic() - begin:.1f} s')


def run_quietly(command: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> None:
    """Run a command without showing its output.

    Raises:
        StepError: If it fails; the end of its output has been printed.
    """
    done = subprocess.run(
        [str(part) for part in command],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors='replace',
        check=False,
    )
    if done.returncode:
        print('\n'.join(done.stdout.splitlines()[-_TAIL_LINES:]), file=sys.stderr)
        raise StepError(f'"{" ".join(map(str, command))}" failed ({ending(done.returncode)}).')


def run_shown(command: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> int:
    """Run a command with its output shown and return its exit code; see ``ending``."""
    arguments = [str(part) for part in command]
    return subprocess.run(
        arguments, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL, check=False
    ).returncode


def ending(code: int) -> str:
    """Say how a process ended that did not end well.

    Args:
        code: As ``subprocess`` tells it: the exit code, or the negative number of the signal that
            killed the process.
    """
    if code >= 0:
        return f'exit code {code}'
    try:
        return f'killed by {signal.Signals(-code).name}'
    except ValueError:  # a real-time signal has a number only
        return f'killed by signal {-code}'
