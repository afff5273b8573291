"""Best one-to-one assignment in plain numpy (scipy is no dependency of the robot side)."""

from __future__ import annotations

import numpy as np


def assign(weights: np.ndarray) -> list[tuple[int, int]]:
    """Pair rows with columns so that the sum of the weights is largest.

    Shortest augmenting paths with dual potentials (Kuhn 1955, Jonker and Volgenant 1987).

    Args:
        weights: (N, M), finite; a weight of 0 or less forbids the pair.

    Returns:
        (row, column) pairs in the order of rows; every row and column at most once. Equal inputs
        give equal outputs.
    """
    if not weights.size or weights.max() <= 0:
        return []
    gains = np.maximum(weights, 0.0)
    if gains.shape[0] > gains.shape[1]:
        return sorted((row, column) for column, row in _pairs(gains.T))
    return sorted(_pairs(gains))


def _pairs(gains: np.ndarray) -> list[tuple[int, int]]:
    """Solve for N <= M; pairs without gain are left out."""
    cost = gains.max() - gains
    row_potential, column_potential = np.zeros(cost.shape[0]), np.zeros(cost.shape[1])
    owner = np.full(cost.shape[1], -1)
    for row in range(cost.shape[0]):
        _augment(row, cost, row_potential, column_potential, owner)
    return [(int(r), c) for c, r in enumerate(owner) if r >= 0 and gains[r, c] > 0]


def _augment(row: int, cost: np.ndarray, u: np.ndarray, v: np.ndarray, owner: np.ndarray) -> None:
    """Give the row a column, re-seating earlier rows along the cheapest path."""
    distance = cost[row] - u[row] - v
    previous = np.full(distance.size, -1)
    settled = np.zeros(distance.size, bool)
    while True:
        column = int(np.argmin(np.where(settled, np.inf, distance)))
        if owner[column] < 0:
            break
        settled[column] = True
        holder = owner[column]
        detour = distance[column] + cost[holder] - u[holder] - v
        shorter = ~settled & (detour < distance)
        distance[shorter] = detour[shorter]
        previous[shorter] = column
    slack = distance[column] - distance[settled]
    v[settled] -= slack
    u[owner[settled]] += slack
    u[row] += distance[column]
    while previous[column] >= 0:
        owner[column] = owner[previous[column]]
        column = int(previous[column])
    owner[column] = row
