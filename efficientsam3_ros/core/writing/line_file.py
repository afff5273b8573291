"""Lines on disk: each is there when the next begins."""

from __future__ import annotations

from pathlib import Path


class LineFile:
    """A new UTF-8 file of lines; use it as a context manager.

    Args:
        path: New file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open('wb', buffering=0)

    def __enter__(self) -> LineFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, line: str) -> None:
        """Write a line.

        Raises:
            OSError: If it cannot be written whole; the file then ends with the line before.
        """
        start, rest = self._file.tell(), memoryview(f'{line}\n'.encode())
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._file.truncate(start)
            raise OSError(error.errno, error.strerror, str(self._path)) from error
