"""Which teacher something was made with: kept in caches and checkpoints, and compared."""

from __future__ import annotations

from dataclasses import dataclass
import hashlib
from pathlib import Path

from efficientsam3_ros.core.manifest import file_sha256
from training.teacher.protocol import TeacherError


@dataclass(frozen=True)
class TeacherIdentity:
    """A teacher by its weights, and how it is given images.

    Attributes:
        weights: Of :func:`weights_digest`.
        preprocess: Digest of its preprocess.
    """

    weights: str
    preprocess: str

    def difference(self, other: TeacherIdentity) -> str:
        """Return in words what differs, 'teacher' or 'preprocess'; empty if nothing does."""
        if self.weights != other.weights:
            return 'teacher'
        return 'preprocess' if self.preprocess != other.preprocess else ''


def weights_digest(folder: Path) -> str:
    """Return a hash of a model's configuration and weights in transformers' layout.

    Raises:
        TeacherError: If the folder holds no weights.
    """
    files = sorted(folder.glob('*.safetensors'))
    if not files:
        raise TeacherError(f'{folder} holds no *.safetensors; download the teacher again.')
    total = hashlib.sha256()
    for file in (folder / 'config.json', *files):
        total.update(f'{file.name} {file_sha256(file)}\n'.encode())
    return total.hexdigest()
