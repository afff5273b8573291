"""SAM 3's tracker as the start of a video half: what fits is taken, the rest is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.model.memory_config import MemoryConfig
from efficientsam3_ros.model.tracking_graphs import VideoMemory
from efficientsam3_ros.model.weights.report import IncompleteError, Report
from efficientsam3_ros.model.weights.tracker_keys import (
    TRACKER_KEYS,
    attention_layer,
    renumbered,
    unread_reason,
)

SOURCE = "SAM 3's tracker"
_PERCEIVER = 'memorise.perceiver.'


@dataclass(frozen=True)
class TrackerConversion:
    """Weights for :class:`VideoMemory` from SAM 3's tracker.

    Attributes:
        config: The video half.
        state: Our key to tensor; what is absent starts from scratch.
        fresh: Our keys without a counterpart, to be trained: the Perceiver's.
        report: The account of every key of the tracker.
    """

    config: MemoryConfig
    state: Mapping[str, Tensor]
    fresh: Sequence[str]
    report: Report

    def build(self) -> VideoMemory:
        """Return the network with these weights, the fresh ones random."""
        network = VideoMemory(self.config)
        network.load_state_dict({**network.state_dict(), **self.state})
        return network.eval()


def convert_tracker(
    tracker: Mapping[str, Tensor], config: MemoryConfig, layers: Sequence[int] | None = None
) -> TrackerConversion:
    """Convert SAM 3's tracker.

    Args:
        tracker: Canonical keys of the tracker, and of its neck if it is there, as
            :class:`~efficientsam3_ros.model.weights.conversion.Conversion` keeps them.
        config: The video half; widths are SAM 3's.
        layers: Which of SAM 3's memory attention layers are kept, one for each of ours; the
            first ones when absent.

    Raises:
        ValueError: If the number of layers is not the network's.
        IncompleteError: If keys are missing, unknown, or of another shape.
    """
    kept = tuple(range(config.attention_layers)) if layers is None else tuple(layers)
    if len(kept) != config.attention_layers or len(set(kept)) != len(kept):
        raise ValueError(
            f'The network has {config.attention_layers} memory attention layers, so as many '
            f'different ones are kept; got {kept}.'
        )
    shapes = _shapes(config)
    report, state = Report(), dict[str, Tensor]()
    for key, tensor in tracker.items():
        _place(key, tensor, kept, shapes, state, report)
    fresh = [key for key in shapes if key.startswith(_PERCEIVER)]
    report.missing = _missing(shapes, state, kept, report)
    if not report.complete:
        raise IncompleteError(report)
    return TrackerConversion(config, state, fresh, report)


def _shapes(config: MemoryConfig) -> dict[str, tuple[int, ...]]:
    with torch.device('meta'):
        state = VideoMemory(config).state_dict()
    return {key: tuple(tensor.shape) for key, tensor in state.items()}


def _place(
    key: str,
    tensor: Tensor,
    kept: tuple[int, ...],
    shapes: Mapping[str, tuple[int, ...]],
    state: dict[str, Tensor],
    report: Report,
) -> None:
    """Note what becomes of one key, and take its tensor if it fits."""
    reason, layer = unread_reason(key), attention_layer(key)
    if layer is not None and layer not in kept:
        reason = f'a memory attention layer beyond the {len(kept)} of the network'
    if reason is not None:
        report.unused[key] = reason
        return
    source = key if layer is None else renumbered(key, kept.index(layer))
    pieces = TRACKER_KEYS.forward(source) or ()
    ours = pieces[0].ours if pieces else None
    if ours is None or ours not in shapes:
        report.unexpected.append(key)
    elif tuple(tensor.shape) != shapes[ours]:
        report.mismatched[key] = f'is {tuple(tensor.shape)}, the network needs {shapes[ours]}'
    else:
        report.used[key] = SOURCE
        state[ours] = tensor
        if not bool(torch.isfinite(tensor).all()):
            report.not_finite.append(key)


def _missing(
    shapes: Mapping[str, tuple[int, ...]],
    state: Mapping[str, Tensor],
    kept: tuple[int, ...],
    report: Report,
) -> list[str]:
    """Return the tracker's keys that the network still needs."""
    absent = []
    for key in shapes:
        piece = None if key in state or key.startswith(_PERCEIVER) else TRACKER_KEYS.backward(key)
        if piece is not None:
            layer = attention_layer(piece.theirs)
            theirs = piece.theirs if layer is None else renumbered(piece.theirs, kept[layer])
            absent.append(theirs)
    return [key for key in absent if key not in report.mismatched]
