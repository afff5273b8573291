"""A progress bar where there is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import Progress, track

ItemT = TypeVar('ItemT')


def progress(items: Iterable[ItemT], label: str, total: int | None = None) -> Iterable[ItemT]:
    """Return the items with a bar beside them, or as they are.

    Args:
        items: What is worked through.
        label: Stands before the bar.
        total: Their number, if known.
    """
    return track(items, label, total, **_where())


@contextmanager
def frame_bar(label: str, total: int | None = None) -> Iterator[Callable[[], object]]:
    """Offer a function that moves a bar on by one; without a terminal it does nothing.

    Args:
        label: Stands before the bar.
        total: Number of steps, if known.
    """
    with Progress(**_where()) as bar:
        yield partial(bar.advance, bar.add_task(label, total=total))


def _where() -> dict[str, Any]:
    console = Console(stderr=True)
    return {'console': console, 'disable': not console.is_terminal}
