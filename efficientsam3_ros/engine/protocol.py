"""What the tracker asks of an inference backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from efficientsam3_ros.core import Manifest

Value = Any
"""A graph's output: a numpy array, or a backend's own handle to device memory."""


class EngineError(RuntimeError):
    """A graph that could not be run; the message names the graph and the remedy."""


class Engine(Protocol):
    """Runs the named graphs of one bundle.

    Outputs are opaque, so that a GPU backend can leave feature maps on the device between
    ``image_encoder`` and ``detector``. A caller that wants numbers asks ``to_numpy``. Inputs may
    be numpy arrays or outputs of the same engine. One thread at a time.
    """

    @property
    def manifest(self) -> Manifest:
        """Description of the loaded bundle."""
        ...

    def run(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Run one graph.

        Args:
            graph: Name in ``manifest.graphs``.
            inputs: Input name to array (or to an output of an earlier run); all of the graph's
                inputs and no others.

        Returns:
            Output name to value.

        Raises:
            EngineError: If the graph is absent, an input does not fit or the run fails.
        """
        ...

    def to_numpy(self, value: Value) -> np.ndarray:
        """Bring one value to host memory; a numpy array is returned as it is."""
        ...

    def close(self) -> None:
        """Free the backend's memory; the engine is not used afterwards."""
        ...
