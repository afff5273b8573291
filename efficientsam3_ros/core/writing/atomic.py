"""Files and folders that are written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import errno
import json
import os
from pathlib import Path
import tempfile
from typing import Any


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file or folder under a temporary name that takes the place of ``path`` at the end.

    After an error, or a crash, ``path`` is what it was before; an error of the disk names it.
    Links are followed; parents are made when missing.

    Yields:
        Where to write: a free name with the same suffix, in a hidden folder beside ``path``.
        What is no regular file, such as ``/dev/stdout``, is written directly.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        yield path
        return
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='.part-', dir=path.parent) as folder:
        part = Path(folder) / path.name
        try:
            yield part
        except OSError as error:
            _name(error, Path(folder), path)
            raise
        if part.is_file():
            with part.open('rb') as file:
                os.fsync(file.fileno())
        if part.is_dir() and path.is_dir():
            _swap(part, path, Path(folder) / f'{path.name}.old')
        else:
            part.replace(path)


@contextmanager
def filling(folder: Path) -> Iterator[Path]:
    """Write files that belong together; they enter ``folder``, made when missing, at the end.

    After an error none of them does, and files of the same names are what they were before.

    Yields:
        A hidden folder in which to write them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='.part-', dir=folder) as part:
        yield Path(part)
        for file in sorted(Path(part).iterdir()):
            file.replace(folder / file.name)


def _name(error: OSError, folder: Path, path: Path) -> None:
    """Let an error tell of the path that the user knows, not of the part of it."""
    names = [name for name in (error.filename, error.filename2) if isinstance(name, str)]
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if (full and not names) or any(folder in Path(name).parents for name in names):
        error.filename, error.filename2 = str(path), None


def _swap(part: Path, path: Path, old: Path) -> None:
    """Put one folder in the place of another, which no system call does in one step."""
    path.rename(old)
    try:
        part.rename(path)
    except OSError:
        old.rename(path)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file, whole or not at all."""
    with replacing(path) as part:
        part.write_text(text, encoding='utf-8')


def write_json(path: Path, data: Any) -> None:
    """Write an indented JSON file, whole or not at all."""
    write_text(path, json.dumps(data, indent=2) + '\n')
