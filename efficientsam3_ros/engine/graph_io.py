"""A graph's inputs as a backend knows them, and the checks that all backends share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.engine.protocol import KEPT_RUNS, EngineError


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


@dataclass(frozen=True)
class Lease:
    """Which run of which graph made a value.

    Attributes:
        graph: Name of the graph.
        run: Number of the run.
    """

    graph: str
    run: int

    def check(self, current: int) -> None:
        """Refuse a value that was overwritten.

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


def absent_graph(manifest: Manifest, graph: str, present: Iterable[str]) -> EngineError:
    """Return the error for a graph that the bundle lacks, or a closed engine."""
    return EngineError(
        f'Bundle "{manifest.name}" has no graph "{graph}" (or the engine is closed); it has '
        f'{", ".join(present) or "none"}.'
    )


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
