"""Put a checkpoint's tensors into a network's state, and account for each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import cache
from types import MappingProxyType

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.layers.blank import Blank
from efficientsam3_ros.model.weights.keys.key_rules import KeyTable
from efficientsam3_ros.model.weights.report import IncompleteError, Report

Shapes = Mapping[str, tuple[int, ...]]


@cache
def shapes_of(build: Callable[..., nn.Module], *arguments: Hashable) -> Shapes:
    """Return all keys of ``build(*arguments)`` with their shapes, without making its weights."""
    with torch.device('meta'), Blank():
        state = build(*arguments).state_dict()
    return MappingProxyType({key: tuple(tensor.shape) for key, tensor in state.items()})


def place(
    keys: Mapping[str, Tensor],
    table: KeyTable,
    shapes: Shapes,
    left_out: Callable[[str], str | None],
    origin: Mapping[str, str],
    report: Report,
) -> dict[str, Tensor]:
    """Take what fits, and note in the report what became of each key.

    Args:
        keys: Canonical key to tensor.
        table: Which of them are whose.
        shapes: What the network needs: our key to shape.
        left_out: Says why a key is left, None if it is not.
        origin: Key to where it comes from, in words.
        report: Receives the account.

    Returns:
        The whole state; its tensors are views.

    Raises:
        IncompleteError: If keys are missing, unknown, of another shape or not finite.
    """
    state: dict[str, Tensor] = {}
    for key, tensor in keys.items():
        reason = left_out(key)
        if reason is not None:
            report.unused[key] = reason
        elif key not in table:
            report.unexpected.append(key)
        else:
            if not _is_finite(tensor):
                report.not_finite.append(key)
            parts = {piece.ours: piece.read(tensor) for piece in table[key]}
            wrong = [
                f'is {tuple(part.shape)}, the network needs {shapes[ours]}'
                for ours, part in parts.items()
                if tuple(part.shape) != shapes[ours]
            ]
            if wrong:
                report.mismatched[key] = wrong[0]
            else:
                state |= parts
                report.used[key] = origin[key]
    report.missing = [key for key in table if key not in keys]
    if not report.complete:
        raise IncompleteError(report)
    return state


def _is_finite(tensor: Tensor) -> bool:
    """Tell whether all numbers are finite; the sum, which is cheap, decides nearly always."""
    if not tensor.is_floating_point() or bool(torch.isfinite(tensor.sum(dtype=torch.float32))):
        return True
    return bool(torch.isfinite(tensor).all())
