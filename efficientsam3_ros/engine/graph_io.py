"""A graph's inputs as a backend knows them, and what all backends share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.engine.protocol import KEPT_RUNS, EngineError, Value


@dataclass(frozen=True)
class TensorSpec:
    """What one input takes.

    Attributes:
        name: Name in the graph.
        dtype: Element type; None where the backend does not tell.
        shape: Sizes; a name or None stands for an axis of free size.
    """

    name: str
    dtype: np.dtype | None
    shape: tuple[int | str | None, ...]

    def takes(self, dtype: np.dtype, shape: Sequence[int]) -> bool:
        """Tell whether a tensor fits."""
        sizes = len(shape) == len(self.shape) and all(
            not isinstance(want, int) or want == got for want, got in zip(self.shape, shape)
        )
        return sizes and (self.dtype is None or self.dtype == dtype)


@dataclass(frozen=True, eq=False)
class Leased:
    """A value in a buffer that its graph fills again.

    Attributes:
        graph: Name of the graph that made it.
        run: Number of the run.
    """

    graph: str
    run: int

    def check_age(self, current: int) -> None:
        """Refuse the value if it was overwritten.

        Args:
            current: Number of the graph's latest run.

        Raises:
            EngineError: If the run is older than the last ``KEPT_RUNS``.
        """
        if current - self.run >= KEPT_RUNS:
            raise EngineError(
                f'A value of graph "{self.graph}" is used after the graph ran '
                f'{current - self.run} more times; the engine keeps {KEPT_RUNS} results. Bring '
                'what must live longer to host memory with to_numpy.'
            )


class LoadedGraphs:
    """The graphs of a bundle by their names: what all engines share.

    Args:
        manifest: Of the bundle.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self._graphs: dict[str, Any] = {}

    def close(self) -> None:
        """Let go of the graphs."""
        self._graphs.clear()

    def _graph(self, name: str) -> Any:
        """Return a graph as the backend keeps it.

        Raises:
            EngineError: If the bundle has no such graph, or the engine is closed.
        """
        if name not in self._graphs:
            raise EngineError(
                f'Bundle "{self.manifest.name}" has no graph "{name}" (or the engine is closed); '
                f'it has {", ".join(self._graphs) or "none"}.'
            )
        return self._graphs[name]


class LeasingGraphs(LoadedGraphs):
    """An engine whose graphs fill buffers in turn, and count their ``runs``."""

    def run(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Run one graph; see ``Engine.run``."""
        found = self._graph(graph)
        for value in inputs.values():
            self._check_age(value)
        return dict(found.run(inputs))

    def to_numpy(self, value: Value) -> np.ndarray:
        """Return a copy of the value in host memory; arrays pass."""
        if not isinstance(value, Leased):
            return np.asarray(value)
        self._check_age(value)
        return self._copy(value)

    def _copy(self, value: Any) -> np.ndarray:
        """Return a value of this engine in host memory."""
        raise NotImplementedError

    def _check_age(self, value: Value) -> None:
        if isinstance(value, Leased):
            value.check_age(self._graph(value.graph).runs)


def check_names(graph: str, expected: Iterable[str], found: Iterable[str]) -> None:
    """Compare a loaded graph with the manifest.

    Raises:
        BundleError: If the names differ.
    """
    present, wanted = sorted(found), sorted(expected)
    if present != wanted:
        raise BundleError(
            f'Graph "{graph}" has {present}, the manifest says {wanted}; export the bundle again.'
        )


def check_inputs(
    graph: str,
    specs: Sequence[TensorSpec],
    given: Mapping[str, tuple[np.dtype, tuple[int, ...]]],
) -> None:
    """Compare what a graph is given with what it takes.

    Args:
        graph: For the message.
        specs: All inputs.
        given: Input name to element type and shape.

    Raises:
        EngineError: If an input is missing, surplus, or of another type or shape.
    """
    expected = {spec.name for spec in specs}
    if set(given) != expected:
        raise EngineError(f'Graph "{graph}" takes {sorted(expected)}, got {sorted(given)}.')
    for spec in specs:
        dtype, shape = given[spec.name]
        if not spec.takes(dtype, shape):
            raise EngineError(
                f'Graph "{graph}", input "{spec.name}": expected '
                f'{spec.dtype or "any type"} {spec.shape}, got {dtype} {tuple(shape)}.'
            )
