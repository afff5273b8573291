"""A key of content, not of names."""

from __future__ import annotations

from collections.abc import Iterable
import hashlib
from pathlib import Path

from efficientsam3_ros.core.manifest import file_sha256

_NOTHING = hashlib.sha256().hexdigest()


def content_digest(files: Iterable[Path], parts: Iterable[bytes] = ()) -> str:
    """Return the SHA-256 (hex) of files and bytes in their order; missing files count as empty.

    Args:
        files: Read in blocks.
        parts: Further content.
    """
    total = hashlib.sha256()
    for path in files:
        whole = file_sha256(path) if path.is_file() else _NOTHING
        total.update(bytes.fromhex(whole))
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()
