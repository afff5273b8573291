"""Built engines on disk: valid for one bundle, one GPU, one TensorRT, one choice of settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
import hashlib
import json
from pathlib import Path
import re

from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.engine.tensorrt.profiles import Bound

_MAGIC = b'ES3PLAN1'
_DIGEST_BYTES = 32
BUILD_RECIPE = 2
"""Raised when the builder's own settings change, so that older plans are built again."""


@dataclass(frozen=True)
class Machine:
    """What a plan is bound to.

    Attributes:
        gpu: Name of the GPU.
        compute_capability: E.g. ``'8.7'``.
        tensorrt: Version of TensorRT.
    """

    gpu: str
    compute_capability: str
    tensorrt: str

    def file_name(self) -> str:
        """Return the name of the file of measured kernel times."""
        text = f'{self.gpu}-{self.compute_capability}-{self.tensorrt}'
        return f'timing-{re.sub(r"[^A-Za-z0-9.]+", "_", text)}.cache'


@dataclass(frozen=True)
class PlanKey:
    """Everything that a plan depends on.

    Attributes:
        graph: Name of the graph, for the file name.
        sha256: Checksum of its ONNX file.
        machine: GPU and TensorRT.
        precision: Arithmetic of the kernels.
        bounds: Sizes of free axes.
        calibration: Checksum of the calibration cache, empty without one.
    """

    graph: str
    sha256: str
    machine: Machine
    precision: str
    bounds: Mapping[str, Bound]
    calibration: str = ''

    def file_name(self) -> str:
        """Return the name of the plan's file, another one when anything differs."""
        data = asdict(self) | {'recipe': BUILD_RECIPE}
        text = json.dumps(data, sort_keys=True, separators=(',', ':'))
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        return f'{self.graph}-{self.precision}-{digest}.plan'


class PlanCache:
    """Plans, and kernel times of a machine for later builds; a damaged file counts as absent.

    Args:
        folder: Made when missing; only the user should be able to write it, for a plan is code.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def read(self, key: PlanKey | Machine) -> bytes | None:
        """Return what was stored, None if it is absent or damaged."""
        try:
            content = (self._folder / key.file_name()).read_bytes()
        except OSError:
            return None
        body = content[len(_MAGIC) + _DIGEST_BYTES :]
        # TensorRT may crash on a damaged plan, so it never sees one.
        whole = content.startswith(_MAGIC + hashlib.sha256(body).digest())
        return body if whole else None

    def store(self, key: PlanKey | Machine, body: bytes) -> Path:
        """Write so that a reader sees the old file or the whole new one; return the file."""
        path = self._folder / key.file_name()
        with replacing(path) as part:
            part.touch(0o600)  # loading a plan runs what it says, so nobody else may write one
            part.write_bytes(_MAGIC + hashlib.sha256(body).digest() + body)
        return path

    def discard(self, key: PlanKey) -> None:
        """Drop a plan that TensorRT refused."""
        (self._folder / key.file_name()).unlink(missing_ok=True)
