"""RVL as its paper describes it, number by number: what tests read back."""

from __future__ import annotations

import struct

import numpy as np


def rvl(image: np.ndarray) -> bytes:
    """Return uint16 (H, W) as width, height and stream."""
    groups: list[int] = []
    flat = image.ravel().tolist()
    previous = place = 0
    while place < len(flat):
        zeros = _run(flat, place, zero=True)
        others = _run(flat, place + zeros, zero=False)
        _number(groups, zeros)
        _number(groups, others)
        place += zeros
        for value in flat[place : place + others]:
            difference = value - previous
            _number(groups, 2 * difference if difference >= 0 else -2 * difference - 1)
            previous = value
        place += others
    groups += [0] * (-len(groups) % 8)
    words = [
        sum(g << (28 - 4 * i) for i, g in enumerate(groups[at : at + 8]))
        for at in range(0, len(groups), 8)
    ]
    return struct.pack(f'<II{len(words)}I', image.shape[1], image.shape[0], *words)


def _run(values: list[int], start: int, zero: bool) -> int:
    end = start
    while end < len(values) and (values[end] == 0) == zero:
        end += 1
    return end - start


def _number(groups: list[int], value: int) -> None:
    while True:
        more = value > 7
        groups.append((value & 7) | (8 if more else 0))
        value >>= 3
        if not more:
            return
