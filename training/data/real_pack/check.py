"""Compares a pack with what it must hold, and reads samples of every part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.core.natural_order import natural_key
from efficientsam3_ros.core.pictures.header import PictureError
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.coco import CocoPictures
from efficientsam3_ros.datasets.stills.rgbd import RgbdScenes
from efficientsam3_ros.media.picture_files import is_picture, read_picture
from training.data.real_pack.contents import Kind, Part
from training.data.real_pack.meshes import check_mesh, index_faults

NAMED = 5
"""Faults of a part that are named; the others are counted."""
Probe = Callable[[], object]
"""Reads one sample; raises what is wrong with it."""
Item = TypeVar('Item')


@dataclass(frozen=True)
class PartReport:
    """What was found of a part.

    Attributes:
        part: What was looked for.
        present: Whether the folder, or file, is there at all.
        files: Number of files that fit the patterns.
        read: Number of samples that were read.
        faults: Sentences; empty if all is as it must be.
    """

    part: Part
    present: bool
    files: int = 0
    read: int = 0
    faults: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether the part is there and without fault."""
        return self.present and not self.faults


def check_part(
    root: Path,
    part: Part,
    samples: int | None,
    bar: Callable[[Sequence[Probe]], Iterable[Probe]] = iter,
) -> PartReport:
    """Check one part.

    Args:
        root: Of the pack.
        part: What must be there.
        samples: Pictures, scenes and meshes that are read, evenly spread; None reads all.
        bar: Shows how far the reading is.

    Returns:
        What was found; nothing is raised for what is wrong with the pack.
    """
    folder = root / part.folder
    found = {pattern: sum(1 for _ in folder.glob(pattern)) for pattern in part.counts}
    if not sum(found.values()) and not any((folder / name).is_file() for name in part.sha256):
        return PartReport(part, present=False)
    faults = [
        f'{found[pattern]} files fit {part.folder}/{pattern}; there should be {count}.'
        for pattern, count in part.counts.items()
        if found[pattern] != count
    ]
    faults += _checksum_faults(folder, part)
    probes, more = _probes(folder, part, samples)
    faults += more
    for probe in bar(probes):
        try:
            probe()
        except (SequenceError, PictureError) as error:
            faults.append(str(error))
    return PartReport(part, True, sum(found.values()), len(probes), _shortened(faults))


def _checksum_faults(folder: Path, part: Part) -> Iterator[str]:
    for name, expected in part.sha256.items():
        path = folder / name
        if not path.is_file():
            yield f'{path} is missing.'
        elif file_sha256(path) != expected:
            yield (
                f'{path} differs from the one that documented figures were measured on '
                f'(SHA-256 {expected[:12]}…); figures will not be comparable.'
            )


def _probes(folder: Path, part: Part, samples: int | None) -> tuple[list[Probe], list[str]]:
    """Return what reads each sample, and what is wrong before anything is read."""
    try:
        if part.kind is Kind.COCO:
            sets = [CocoPictures(folder / 'images', path) for path in _tables(folder)]
            return [s.read for one in sets for s in _spread(one.stills, samples)], []
        if part.kind is Kind.RGBD:
            return [s.read for s in _spread(RgbdScenes(folder).stills, samples)], []
    except SequenceError as error:
        return [], [str(error)]
    files = sorted((p for pattern in part.counts for p in folder.glob(pattern)), key=natural_key)
    pictures = _spread([path for path in files if is_picture(path)], samples)
    probes: list[Probe] = [_reading(path) for path in pictures]
    if part.kind is not Kind.MESHES:
        return probes, []
    meshes = _spread([path for path in files if path.suffix == '.npz'], samples)
    probes += [_checking(path) for path in meshes]
    return probes, list(index_faults(folder))


def _reading(path: Path) -> Probe:
    return lambda: read_picture(path)


def _checking(path: Path) -> Probe:
    return lambda: check_mesh(path)


def _tables(folder: Path) -> list[Path]:
    return sorted(folder.glob('instances_*.json'))


def _spread(items: Sequence[Item], samples: int | None) -> list[Item]:
    """Return so many items, evenly spread."""
    if samples is None or len(items) <= samples:
        return list(items)
    return [items[i * len(items) // samples] for i in range(samples)]


def _shortened(faults: list[str]) -> tuple[str, ...]:
    more = len(faults) - NAMED
    named = tuple(islice(faults, NAMED))
    return (*named, f'{more} more faults of this part.') if more > 0 else named
