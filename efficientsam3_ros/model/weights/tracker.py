"""SAM 3's tracker as the start of a video half: what fits is taken, the rest is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.model.image.neck_sam3 import pyramid
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.weights.keys.image_keys import OUR_TRACKER_LEVELS
from efficientsam3_ros.model.weights.keys.tracker_keys import (
    TRACKER_KEYS,
    attention_layer,
    renumbered,
    unread_reason,
)
from efficientsam3_ros.model.weights.placement import Placement
from efficientsam3_ros.model.weights.report import IncompleteError, Report

SOURCE = "SAM 3's tracker"
_PERCEIVER = 'memorise.perceiver.'


@dataclass(frozen=True)
class TrackerConversion:
    """Weights for :class:`VideoMemory` and the image encoder from SAM 3's tracker.

    Attributes:
        config: The video half.
        state: Key of the video half to tensor; what is absent starts from scratch.
        neck: Key of a student to tensor: the levels of its neck that the video half reads; empty
            where the detector's levels serve.
        fresh: Keys of the video half without a counterpart, to be trained: the Perceiver's.
        report: The account of every key of the tracker.
    """

    config: MemoryConfig
    state: Mapping[str, Tensor]
    neck: Mapping[str, Tensor]
    fresh: Sequence[str]
    report: Report

    def build(self) -> VideoMemory:
        """Return the network with these weights, the fresh ones random."""
        network = VideoMemory(self.config)
        network.load_state_dict({**network.state_dict(), **self.state})
        return network.eval()


def convert_tracker(
    tracker: Mapping[str, Tensor],
    config: MemoryConfig,
    layers: Sequence[int] | None = None,
    neck: bool = True,
) -> TrackerConversion:
    """Convert SAM 3's tracker.

    Args:
        tracker: Canonical keys of the tracker and of its neck, as
            :class:`~efficientsam3_ros.model.weights.conversion.Conversion` keeps them.
        config: The video half; widths are SAM 3's.
        layers: Which of SAM 3's memory attention layers are kept, one for each of ours; the
            first ones when absent.
        neck: Whether the image encoder has the tracker's neck.

    Raises:
        ValueError: If the number of layers is not the network's.
        IncompleteError: If keys are missing, unknown, of another shape or not finite.
    """
    kept = tuple(range(config.attention_layers)) if layers is None else tuple(layers)
    if len(kept) != config.attention_layers or len(set(kept)) != len(kept):
        raise ValueError(
            f'The network has {config.attention_layers} memory attention layers, so as many '
            f'different ones are kept; got {kept}.'
        )
    shapes, report = _shapes(config, neck), Report()
    placement = Placement(shapes, report)
    for key, tensor in tracker.items():
        _place(key, tensor, kept, neck, placement, report)
    report.missing = _missing(shapes, tracker, placement.state, kept)
    if not report.complete:
        raise IncompleteError(report)
    fresh = [key for key in shapes if key.startswith(_PERCEIVER)]
    levels = {k: v for k, v in placement.state.items() if k.startswith(OUR_TRACKER_LEVELS)}
    state = {k: v for k, v in placement.state.items() if k not in levels}
    return TrackerConversion(config, state, levels, fresh, report)


def _shapes(config: MemoryConfig, neck: bool) -> dict[str, tuple[int, ...]]:
    with torch.device('meta'):
        state = VideoMemory(config).state_dict()
        if neck:
            state |= pyramid(config.width).state_dict(prefix=f'{OUR_TRACKER_LEVELS}.')
    return {key: tuple(tensor.shape) for key, tensor in state.items()}


def _place(
    key: str,
    tensor: Tensor,
    kept: tuple[int, ...],
    neck: bool,
    placement: Placement,
    report: Report,
) -> None:
    """Note what becomes of one key, and take its tensor if it fits."""
    reason, layer = unread_reason(key, neck), attention_layer(key)
    if layer is not None and layer not in kept:
        reason = f'a memory attention layer beyond the {len(kept)} of the network'
    if reason is not None:
        report.unused[key] = reason
        return
    source = key if layer is None else renumbered(key, kept.index(layer))
    pieces = TRACKER_KEYS.forward(source)
    if pieces is None:
        report.unexpected.append(key)
    else:
        placement.take(key, pieces, tensor, SOURCE)


def _missing(
    shapes: Mapping[str, tuple[int, ...]],
    tracker: Mapping[str, Tensor],
    state: Mapping[str, Tensor],
    kept: tuple[int, ...],
) -> list[str]:
    """Return the tracker's keys that the network still needs."""
    absent = []
    for key in shapes:
        piece = None if key in state or key.startswith(_PERCEIVER) else TRACKER_KEYS.backward(key)
        if piece is not None:
            layer = attention_layer(piece.theirs)
            theirs = piece.theirs if layer is None else renumbered(piece.theirs, kept[layer])
            absent.append(theirs)
    return [key for key in absent if key not in tracker]
