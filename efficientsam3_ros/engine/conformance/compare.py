"""How far an engine's numbers are from the reference's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.engine.conformance.probe import Arrays

# In reduced precision near-equal candidates come in another order, or another one is chosen.
_SAME_DETECTION = 0.1
_PAIRED_SHARE = 0.9


@dataclass(frozen=True)
class Difference:
    """The output that differs most.

    Attributes:
        output: Its name.
        value: Largest absolute difference, relative to the largest reference value.
    """

    output: str
    value: float


def relative_difference(found: Arrays, expected: Arrays, align: bool = False) -> Difference:
    """Return the largest difference of all outputs.

    Args:
        found: From the engine under test.
        expected: From the reference.
        align: Pair detections by box and score first, for reduced precision. At least nine of ten
            must find their partner; the others are left out.
    """
    if align and 'boxes' in expected and expected['boxes'].ndim == 3:
        found, expected = _paired(found, expected)
        if not found:
            return Difference('boxes', float('inf'))
    worst = Difference('', 0.0)
    for name, reference in expected.items():
        value = found[name]
        if value.shape != reference.shape:
            return Difference(name, float('inf'))
        if not reference.size:
            continue
        error = np.abs(value.astype(np.float64) - reference).max()
        size = float(error / (np.abs(reference).max() + 1e-9))
        size = size if np.isfinite(size) else float('inf')
        if size > worst.value:
            worst = Difference(name, size)
    return worst


def _paired(found: Arrays, expected: Arrays) -> tuple[Arrays, Arrays]:
    """Return pairs of detections (n, ...) and what else there is; nothing if too few pair up."""
    prompts, queries = expected['boxes'].shape[:2]
    pairs = [pair for k in range(prompts) for pair in _pairs(found, expected, k)]
    if len(pairs) < _PAIRED_SHARE * prompts * queries:
        return {}, {}
    prompt, ours, theirs = (np.array(column) for column in zip(*pairs))
    by_query = [name for name in expected if expected[name].shape[:2] == (prompts, queries)]
    return (
        found | {name: found[name][prompt, theirs] for name in by_query},
        expected | {name: expected[name][prompt, ours] for name in by_query},
    )


def _pairs(found: Arrays, expected: Arrays, prompt: int) -> list[tuple[int, int, int]]:
    """Pair one prompt's detections, the nearest first: prompt, reference's and found index."""
    cost = np.abs(expected['boxes'][prompt][:, None] - found['boxes'][prompt][None]).sum(-1)
    if 'scores' in expected:
        scores, others = expected['scores'][prompt], found['scores'][prompt]
        cost = cost + np.abs(scores[:, None] - others[None])
    pairs = []
    while cost.size and np.nanmin(cost) < _SAME_DETECTION:
        row, column = np.unravel_index(int(np.nanargmin(cost)), cost.shape)
        pairs.append((prompt, int(row), int(column)))
        cost[row], cost[:, column] = np.inf, np.inf
    return pairs
