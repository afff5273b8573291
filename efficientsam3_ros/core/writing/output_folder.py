"""A folder of results that takes the place of an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
import shutil
import sys

from efficientsam3_ros.core.writing.result_marker import ResultKind, is_empty, mark_folder


@contextmanager
def result_folder(
    path: Path,
    kind: ResultKind,
    *,
    resume: bool = False,
    say: Callable[[str], object] | None = None,
) -> Iterator[Path]:
    """Make a marked folder in the place of a checked output, to be filled bit by bit.

    What lay there stands aside under a hidden name until the block ends well; else it comes back,
    and what is new is kept beside it.

    Args:
        path: What ``check_output`` let pass.
        kind: Of the results.
        resume: Whether what lies there is gone on with, and so stays in its place.
        say: Told in one sentence what was kept after a failure; prints to the error stream if
            absent.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    old = None if resume else _set_aside(path)
    try:
        path.mkdir(exist_ok=True)
        mark_folder(path, kind)
        yield path
    except BaseException:
        if kept := _put_back(path, old):
            (say or _print)(kept)
        raise
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def free_name(path: Path) -> Path:
    """Return the path, numbered if something lies there."""
    number, free = 1, path
    while free.exists() or free.is_symlink():
        number += 1
        free = path.with_name(f'{path.name}-{number}')
    return free


def _set_aside(path: Path) -> Path | None:
    """Give a folder that is not empty a hidden name, and return it."""
    if not path.exists() or (path.is_dir() and is_empty(path)):
        return None
    old = free_name(path.with_name(f'.{path.name}.before'))
    path.rename(old)
    return old


def _put_back(path: Path, old: Path | None) -> str:
    """Return what was kept, as a sentence; the old results get their name back."""
    done = path.exists() and not is_empty(path)
    if not done:
        shutil.rmtree(path, ignore_errors=True)
    if old is None:
        return f'What was done is kept in {path}.' if done else ''
    if done:
        path.rename(unfinished := free_name(path.with_name(f'{path.name}.unfinished')))
    old.rename(path)
    begun = f'; what was done is kept in {unfinished}' if done else ''
    return f'The earlier results in {path} stay{begun}.'


def _print(text: str) -> None:
    print(text, file=sys.stderr)
