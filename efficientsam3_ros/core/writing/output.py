"""Where results may go: one decision for every verb and every training."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from efficientsam3_ros.core.writing.result_marker import (
    ResultKind,
    is_empty,
    result_kind,
    strange_names,
)


class OutputError(ValueError):
    """A path that must not be written; the message names the remedy."""


def check_output(
    path: Path,
    inputs: Iterable[Path | None] = (),
    *,
    kind: ResultKind | None = None,
    force: bool = False,
    own_file: Callable[[Path], bool] | None = None,
    resume: bool | None = None,
) -> Path:
    """Refuse an output that would destroy something; change nothing.

    Args:
        path: File or folder to be written.
        inputs: Everything that is read; what is None or does not exist is passed over.
        kind: Kind of folder that ``force`` may replace.
        force: Whether results of that kind may be replaced.
        own_file: Tells whether an existing file is of ours, and so may be replaced.
        resume: Whether an existing folder of that kind is gone on with; None where that cannot be.

    Returns:
        The path, links resolved.

    Raises:
        OutputError: If the output is, holds or lies in an input; is neither file nor folder; or
            exists and must stay.
    """
    place = _resolved(path)
    if place in (Path.cwd(), *Path.cwd().parents, Path.home()):
        raise OutputError(f'{path} would be replaced as a whole; name a folder of its own.')
    for given in inputs:
        if given is not None and (how := _touches(place, given)):
            raise OutputError(f'{path} {how} {given}, which is read; choose another place.')
    if place.is_dir():
        _check_folder(path, place, kind, force, resume)
    elif place.exists():
        _check_file(path, place, force, own_file)
    return place


def _resolved(path: Path) -> Path:
    """Return where a path leads, if a file or folder may be made there."""
    try:
        place = path.resolve()
        dangling = path.is_symlink() and not path.exists()
    except (OSError, RuntimeError):
        dangling = True
    if dangling:
        raise OutputError(f'{path} is a link to nothing; remove it, or choose another name.')
    if place.exists() and not (place.is_file() or place.is_dir()):
        raise OutputError(f'{path} is neither a file nor a folder; choose another name.')
    parent = next(item for item in place.parents if item.exists())
    if not parent.is_dir():
        raise OutputError(f'{path} cannot be made: {parent} is no folder; choose another place.')
    return place


def _touches(place: Path, given: Path) -> str:
    """Return how a place and an input lie to each other; empty if they may both be."""
    try:
        source = given.resolve(strict=True)
    except (OSError, RuntimeError):
        return ''
    if _same(place, source):
        return 'is the same as'
    # The link itself would be lost, too.
    named = Path.cwd() / given
    if any(_same(place, parent) for parent in (*source.parents, *named.parents)):
        return 'holds'
    if source.is_dir() and any(_same(source, parent) for parent in place.parents):
        return 'lies in'
    return ''


def _same(one: Path, other: Path) -> bool:
    """Tell whether two paths lead to one thing, by hard links and mounts too."""
    try:
        return one == other or one.samefile(other)
    except OSError:
        return False


def _check_folder(
    path: Path, place: Path, kind: ResultKind | None, force: bool, resume: bool | None
) -> None:
    if is_empty(place):
        return
    found = result_kind(place)
    if resume and found is kind:
        return
    if resume:
        raise OutputError(f'{path} holds nothing to go on with; choose another name.')
    if not force:
        going_on = ', go on in it with --resume' if resume is False else ''
        raise OutputError(f'{path} exists already; choose another name{going_on}{_remedy(kind)}.')
    strange = strange_names(place, kind) if kind else []
    if found is None or found is not kind or strange:
        what = strange[0] if strange else 'what is of another kind'
        raise OutputError(
            f'{path} holds {what}, which this command did not write, so it is not replaced; '
            'choose another name, or remove it yourself.'
        )


def _check_file(
    path: Path, place: Path, force: bool, own_file: Callable[[Path], bool] | None
) -> None:
    if not force:
        raise OutputError(f'{path} exists already; choose another name{_remedy(own_file)}.')
    if own_file is None or not own_file(place):
        raise OutputError(
            f'{path} is no file that this command wrote, so it is not replaced; choose another '
            'name, or remove it yourself.'
        )


def _remedy(replaceable: object) -> str:
    return ' or add --force' if replaceable is not None else ''
