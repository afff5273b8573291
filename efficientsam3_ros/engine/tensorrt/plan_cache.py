"""Built engines on disk: valid for one bundle, one GPU, one TensorRT, one choice of settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
import hashlib
import json
from pathlib import Path
import re

from efficientsam3_ros.core.atomic import replacing
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

    def digest(self) -> str:
        """Return 16 hexadecimal digits that differ when anything differs."""
        data = asdict(self) | {'recipe': BUILD_RECIPE}
        text = json.dumps(data, sort_keys=True, separators=(',', ':'))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def file_name(self) -> str:
        """Return the name of the plan's file."""
        return f'{self.graph}-{self.precision}-{self.digest()}.plan'


class PlanCache:
    """Reads and writes plans and timing caches; a damaged file counts as absent.

    Args:
        folder: Made when missing; only the user should be able to write it, for a plan is code.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def plan(self, key: PlanKey) -> bytes | None:
        """Return a stored plan, None if it is absent or damaged."""
        return _read(self._folder / key.file_name())

    def store_plan(self, key: PlanKey, plan: bytes) -> Path:
        """Keep a plan; return its file."""
        return _write(self._folder / key.file_name(), plan)

    def discard_plan(self, key: PlanKey) -> None:
        """Drop a plan that TensorRT refused."""
        (self._folder / key.file_name()).unlink(missing_ok=True)

    def timing(self, machine: Machine) -> bytes:
        """Return the measured kernel times of this machine, empty if there are none."""
        return _read(self._timing_file(machine)) or b''

    def store_timing(self, machine: Machine, timing: bytes) -> None:
        """Keep kernel times for later builds."""
        _write(self._timing_file(machine), timing)

    def _timing_file(self, machine: Machine) -> Path:
        text = f'{machine.gpu}-{machine.compute_capability}-{machine.tensorrt}'
        return self._folder / f'timing-{re.sub(r"[^A-Za-z0-9.]+", "_", text)}.cache'


def _read(path: Path) -> bytes | None:
    """Return the content of a file that is whole."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    body = content[len(_MAGIC) + _DIGEST_BYTES :]
    # TensorRT may crash on a damaged plan, so it never sees one.
    whole = content.startswith(_MAGIC + hashlib.sha256(body).digest())
    return body if whole else None


def _write(path: Path, body: bytes) -> Path:
    """Write so that a reader sees the old file or the whole new one."""
    with replacing(path) as part:
        part.touch(0o600)  # loading a plan runs what it says, so nobody else may write one
        part.write_bytes(_MAGIC + hashlib.sha256(body).digest() + body)
    return path
