"""What a verb shows: tables as plain text, and a progress bar where there is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import Progress, track

ItemT = TypeVar('ItemT')


def table(header: Sequence[str], rows: Sequence[Sequence[object]], text_columns: int = 1) -> str:
    """Return aligned columns; the first ``text_columns`` to the left, numbers to the right."""
    cells = [[str(value) for value in row] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = [
        '  '.join(
            value.ljust(width) if i < text_columns else value.rjust(width)
            for i, (value, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in cells
    ]
    return '\n'.join([lines[0], '  '.join('-' * width for width in widths), *lines[1:]])


def progress(items: Iterable[ItemT], label: str, total: int | None = None) -> Iterable[ItemT]:
    """Return the items with a bar beside them, or as they are.

    Args:
        items: What is worked through.
        label: Stands before the bar.
        total: Their number, if known.
    """
    return track(items, label, total, **_where())


@contextmanager
def frame_bar(label: str, total: int) -> Iterator[Callable[[], object]]:
    """Offer a function that moves a bar on by one; without a terminal it does nothing.

    Args:
        label: Stands before the bar.
        total: Number of steps.
    """
    with Progress(**_where()) as bar:
        yield partial(bar.advance, bar.add_task(label, total=total))


def _where() -> dict[str, Any]:
    console = Console(stderr=True)
    return {'console': console, 'disable': not console.is_terminal}
