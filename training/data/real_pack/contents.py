"""What a pack must hold, as a small YAML file tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

CONTENTS = Path(__file__).with_name('contents.yaml')


class Kind(Enum):
    """How the files of a part are read."""

    COCO = 'coco'
    """Pictures in ``images``, and ``instances_*.json``."""
    RGBD = 'rgbd'
    """RGB-D scenes with object ids."""
    PICTURES = 'pictures'
    """Pictures alone."""
    MESHES = 'meshes'
    """``.npz`` with v, uv and f, a ``.jpg`` of the same name each, and ``index.json``."""
    FILE = 'file'
    """One file, known by its checksum."""


@dataclass(frozen=True)
class Part:
    """One folder of a pack.

    Attributes:
        name: For people.
        kind: How it is read.
        what: What it holds.
        source: Where it is public.
        licence: Under which terms.
        use: What it may be used for here.
        folder: Inside the pack; '.' is the pack itself.
        counts: Pattern of files under the folder to their number.
        sha256: File under the folder to its SHA-256 (hex).
    """

    name: str
    kind: Kind
    what: str
    source: str
    licence: str
    use: str
    folder: str
    counts: dict[str, int] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)


def read_contents(path: Path = CONTENTS) -> tuple[Part, ...]:
    """Read a description of a pack.

    Raises:
        ValueError: If it cannot be read or lacks an entry.
    """
    try:
        data: Any = yaml.safe_load(path.read_text(encoding='utf-8'))
        return tuple(Part(**{**part, 'kind': Kind(part['kind'])}) for part in data['parts'])
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        raise ValueError(
            f'{path} does not describe a pack ({error}); see training/data/real_pack/'
            'contents.yaml for the form.'
        ) from None
