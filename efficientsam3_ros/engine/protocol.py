"""What the tracker asks of an inference backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from efficientsam3_ros.core import Manifest

Value = Any
"""A graph's output: a numpy array, or a backend's own handle to device memory."""

KEPT_RUNS = 2
"""How many runs of one graph keep their outputs: two, so that buffers can alternate."""


class EngineError(RuntimeError):
    """A graph that could not be run; the message names the graph and the remedy."""


class Engine(Protocol):
    """Runs the named graphs of one bundle.

    Outputs are opaque, so that a GPU backend can leave feature maps on the device between
    ``image_encoder`` and ``detector``. A caller that wants numbers asks ``to_numpy``. Inputs may
    be numpy arrays or outputs of the same engine. One thread at a time.

    A value lives while its graph's last ``KEPT_RUNS`` runs include the one that made it, and no
    longer than the engine: features of the previous frame can be used beside the current ones,
    those before may have been overwritten. A backend that reuses its buffers refuses an older
    value instead of reading it. What must live longer is brought to host memory.
    """

    @property
    def manifest(self) -> Manifest:
        """Description of the loaded bundle."""
        ...

    def run(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Run one graph; it may still be running on the device when this returns.

        Args:
            graph: Name in ``manifest.graphs``.
            inputs: Input name to array (or to an output of an earlier run); all of the graph's
                inputs and no others. Arrays may be changed by the caller afterwards.

        Returns:
            Output name to value.

        Raises:
            EngineError: If the graph is absent, an input does not fit or the run fails.
        """
        ...

    def to_numpy(self, value: Value) -> np.ndarray:
        """Bring one value to host memory, waiting for it.

        The array is the caller's: later runs do not change it. A numpy array is returned as it is.

        Raises:
            EngineError: If the value is older than the engine keeps.
        """
        ...

    def close(self) -> None:
        """Free the backend's memory; the engine and its values are not used afterwards."""
        ...
