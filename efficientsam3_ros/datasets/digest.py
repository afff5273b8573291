"""A key of content, not of names."""

from __future__ import annotations

from collections.abc import Iterable
import hashlib
from pathlib import Path

_BLOCK = 1 << 20


def content_digest(files: Iterable[Path], parts: Iterable[bytes] = ()) -> str:
    """Return the SHA-256 (hex) of files and bytes in their order; missing files count as empty.

    Args:
        files: Read in blocks.
        parts: Further content.
    """
    total = hashlib.sha256()
    for path in files:
        total.update(_file(path))
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def _file(path: Path) -> bytes:
    digest = hashlib.sha256()
    if path.is_file():
        with path.open('rb') as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.digest()
