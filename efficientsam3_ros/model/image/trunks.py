"""The nine student trunks, from timm: feature maps at strides 4, 8, 16 and 32."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import timm
from timm.models.efficientvit_mit import LiteMLA
from timm.models.tiny_vit import Attention as WindowAttention
import torch
from torch import Tensor, nn

TrunkFamily = Literal['repvit', 'tiny_vit', 'efficientvit']
STRIDES = (4, 8, 16, 32)
"""Pixels of a cell after each stage."""


@dataclass(frozen=True)
class TrunkSpec:
    """One trunk.

    Attributes:
        name: timm model name.
        family: Which architecture; decides the key names of upstream's checkpoints.
        title: Name in the publications.
        channels: Channels at strides 4, 8, 16 and 32, or at the first ones of these.
        depths: Blocks of each stage, those inside a stage change not counted.
    """

    name: str
    family: TrunkFamily
    title: str
    channels: tuple[int, ...]
    depths: tuple[int, ...]

    def until(self, stride: int) -> TrunkSpec:
        """Return the trunk without the stages behind a stride, 4 to 32.

        Raises:
            ValueError: If no stage ends at this stride.
        """
        if stride not in STRIDES:
            raise ValueError(f'A trunk has maps at strides {STRIDES}, not {stride}.')
        kept = STRIDES.index(stride) + 1
        return replace(self, channels=self.channels[:kept], depths=self.depths[:kept])


TRUNKS: dict[str, TrunkSpec] = {
    spec.name: spec
    for spec in (
        TrunkSpec('repvit_m0_9', 'repvit', 'RepViT-M0.9', (48, 96, 192, 384), (2, 2, 14, 2)),
        TrunkSpec('repvit_m1_1', 'repvit', 'RepViT-M1.1', (64, 128, 256, 512), (2, 2, 12, 2)),
        TrunkSpec('repvit_m2_3', 'repvit', 'RepViT-M2.3', (80, 160, 320, 640), (6, 6, 34, 2)),
        TrunkSpec('tiny_vit_5m_224', 'tiny_vit', 'TinyViT-5M', (64, 128, 160, 320), (2, 2, 6, 2)),
        TrunkSpec(
            'tiny_vit_11m_224', 'tiny_vit', 'TinyViT-11M', (64, 128, 256, 448), (2, 2, 6, 2)
        ),
        TrunkSpec(
            'tiny_vit_21m_224', 'tiny_vit', 'TinyViT-21M', (96, 192, 384, 576), (2, 2, 6, 2)
        ),
        TrunkSpec(
            'efficientvit_b0', 'efficientvit', 'EfficientViT-B0', (16, 32, 64, 128), (2, 2, 2, 2)
        ),
        TrunkSpec(
            'efficientvit_b1', 'efficientvit', 'EfficientViT-B1', (32, 64, 128, 256), (2, 3, 3, 4)
        ),
        TrunkSpec(
            'efficientvit_b2', 'efficientvit', 'EfficientViT-B2', (48, 96, 192, 384), (3, 4, 4, 6)
        ),
    )
}


class LinearAttention(LiteMLA):
    """EfficientViT's attention, with another guard against division by zero.

    The weights are trained with 1e-15 added to the divisor; timm's 1e-5 changes results by up to
    3e-4. Exporters drop an addition so small, and places that attend to nothing become 0 / 0.
    """

    def _attn(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        out = q.float() @ (k.float().transpose(-1, -2) @ v.float())
        total = out[..., -1:]
        # Where the divisor is 0, so is the dividend.
        attended: Tensor = out[..., :-1] / torch.where(total > 0, total, 1.0)
        return attended.to(v.dtype)


class Trunk(nn.Module):
    """A timm trunk without its classifier, under timm's own parameter names.

    timm's ``features_only`` wrapper renames parameters (``stages.0`` becomes ``stages_0``), and
    saved weights would follow; here ``stages.N`` stays what it is in the classifier.

    Args:
        spec: Which trunk, one of :data:`TRUNKS` or its first stages.
    """

    def __init__(self, spec: TrunkSpec) -> None:
        super().__init__()
        model: Any = timm.create_model(spec.name)
        self.spec = spec
        self.stem_name = 'patch_embed' if spec.family == 'tiny_vit' else 'stem'
        self.add_module(self.stem_name, getattr(model, self.stem_name))
        self.stages: nn.Sequential = model.stages[: len(spec.channels)]
        for module in self.modules():
            if isinstance(module, LiteMLA):
                # timm gives no way to choose it; the parameters are the same.
                module.__class__ = LinearAttention
        self.register_load_state_dict_post_hook(forget_biases)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Encode normalised images.

        Args:
            image: (B, 3, H, W).

        Returns:
            Maps (B, C, ceil(H / s), ceil(W / s)) for the strides s = 4, 8, 16, 32 that it has.
        """
        x = self.get_submodule(self.stem_name)(image)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return tuple(maps)


def forget_biases(trunk: nn.Module, _keys: object = None) -> None:
    """Drop attention biases that TinyViT cached from the weights before."""
    for module in trunk.modules():
        if isinstance(module, WindowAttention):
            module.attention_bias_cache = {}
