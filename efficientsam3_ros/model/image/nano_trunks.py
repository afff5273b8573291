"""The trunk of nano: an EfficientNet from timm, or YOLOX."""

from __future__ import annotations

import timm
from torch import nn

from efficientsam3_ros.model.image.yolox.trunk import YOLOX_NANO, YoloxTrunk

STRIDES = (2, 4, 8, 16, 32)


def build_trunk(backbone: str, deepest_stride: int) -> tuple[nn.Module, tuple[int, ...]]:
    """Return a trunk with random weights and the channels of its maps.

    Args:
        backbone: ``yolox_nano``, or a model of timm.
        deepest_stride: Of the last map that is read; YOLOX always has a map at stride 32.

    Raises:
        ValueError: If the trunk lacks one of the strides.
    """
    wanted = STRIDES[: STRIDES.index(deepest_stride) + 1]
    if backbone == YOLOX_NANO:
        yolox = YoloxTrunk()
        return yolox, yolox.channels[: len(wanted)]
    trunk = timm.create_model(
        backbone, pretrained=False, features_only=True, out_indices=tuple(range(len(wanted)))
    )
    strides = tuple(trunk.feature_info.reduction())
    if strides != wanted:
        raise ValueError(f'{backbone} has strides {strides}; the lean neck reads {wanted}.')
    _drop_unread_stages(trunk)
    return trunk, tuple(trunk.feature_info.channels())


def trunk_stages(trunk: nn.Module) -> list[tuple[nn.Module, ...]]:
    """Return a trunk's parts in the order in which they are computed, the stem first.

    Raises:
        ValueError: If it is another kind of trunk, whose order is not known.
    """
    if isinstance(trunk, YoloxTrunk):
        return trunk.stages()
    stem = [getattr(trunk, name, None) for name in ('conv_stem', 'bn1')]
    blocks = getattr(trunk, 'blocks', None)
    if not isinstance(blocks, nn.Sequential) or not all(isinstance(m, nn.Module) for m in stem):
        raise ValueError(
            f'The stages of a {type(trunk).__name__} are not known; set freeze_stages to 0, or '
            f'take {YOLOX_NANO} or an EfficientNet.'
        )
    return [tuple(m for m in stem if m is not None), *((stage,) for stage in blocks)]


def _drop_unread_stages(trunk: nn.Module) -> None:
    """Cut stages behind the last map that is read; timm keeps them in EfficientNet trunks."""
    outputs: dict[int, int] | None = getattr(trunk, '_stage_out_idx', None)
    if outputs is not None:
        blocks = trunk.blocks
        assert isinstance(blocks, nn.Sequential)
        trunk.blocks = blocks[: max(outputs)]
