"""A progress bar where there is a terminal and tqdm is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TypeVar

ItemT = TypeVar('ItemT')


def progress(items: Iterable[ItemT], label: str, total: int | None = None) -> Iterable[ItemT]:
    """Return the items with a bar beside them, or as they are.

    Args:
        items: What is worked through.
        label: Stands before the bar.
        total: Their number, if known.
    """
    if find_spec('tqdm') is None:
        return items
    from tqdm import tqdm

    bar: Iterable[ItemT] = tqdm(items, label, total, disable=None)
    return bar


@contextmanager
def frame_bar(label: str, total: int | None = None) -> Iterator[Callable[[], object]]:
    """Offer a function that moves a bar on by one; without a terminal it does nothing.

    Args:
        label: Stands before the bar.
        total: Number of steps, if known.
    """
    if find_spec('tqdm') is None:
        yield lambda: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=label, disable=None) as bar:
        yield bar.update
