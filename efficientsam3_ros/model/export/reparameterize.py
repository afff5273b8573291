"""Fold branches and normalisations that inference does not need."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from timm.models.efficientvit_mit import ConvNormAct
from timm.models.tiny_vit import Attention as WindowAttention
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from efficientsam3_ros.model.image.trunks import forget_biases

ModuleT = TypeVar('ModuleT', bound=nn.Module)


class FixedWindowAttention(nn.Module):
    """TinyViT's window attention with its position bias looked up once.

    The gather of the bias becomes long chains of index arithmetic in an exported graph.

    Args:
        attention: The trained module.
    """

    bias: Tensor

    def __init__(self, attention: WindowAttention) -> None:
        super().__init__()
        self.heads = attention.num_heads
        self.widths = (attention.key_dim, attention.key_dim, attention.val_dim)
        self.scale = attention.scale
        self.norm, self.qkv, self.proj = attention.norm, attention.qkv, attention.proj
        bias = attention.attention_biases[:, attention.attention_bias_idxs]
        self.register_buffer('bias', bias.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        """Attend within windows (B, N, C)."""
        qkv = self.qkv(self.norm(x)).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        q, k, v = qkv.split(self.widths, dim=-1)
        weights = (q * self.scale @ k.transpose(-1, -2) + self.bias).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).flatten(2))


class SplitGroupNorm(nn.GroupNorm):
    """Group normalisation whose sums are taken axis by axis.

    ONNX Runtime's operator adds all cells of a group one after another; over the millions of a
    large map that costs half of float32's digits.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise (B, C, H, W)."""
        groups = x.unflatten(1, (self.num_groups, -1))
        centered = groups - _mean(groups)
        normal = (centered * (_mean(centered.square()) + self.eps).rsqrt()).flatten(1, 2)
        return normal * self.weight[:, None, None] + self.bias[:, None, None]


def _mean(groups: Tensor) -> Tensor:
    """Return the mean (B, G, 1, 1, 1) of each group (B, G, C, H, W)."""
    return groups.mean(-1, keepdim=True).mean(-2, keepdim=True).mean(-3, keepdim=True)


def reparameterize(module: ModuleT) -> ModuleT:
    """Return a copy for inference: same outputs, fewer operations.

    RepViT's and RepMixer's parallel branches become one convolution, batch normalisations move
    into the convolution before them, TinyViT's attention biases become constants, attention loses
    the biases that softmax cancels, and group normalisations sum axis by axis.

    Args:
        module: A network, or a part of one that is more than a foldable branch; is left as it is.

    Returns:
        The copy, in eval mode. It cannot be trained any further, and its parameters have other
        names.
    """
    # A cache that was filled while gradients were recorded cannot be copied.
    forget_biases(module)
    folded = copy.deepcopy(module).eval()
    with torch.no_grad():
        result = _fold(folded)
    assert isinstance(result, type(module))
    return result


def _fold(module: nn.Module) -> nn.Module:
    if isinstance(module, WindowAttention):
        return FixedWindowAttention(module)
    if isinstance(module, nn.GroupNorm):
        module.__class__ = SplitGroupNorm
        return module
    # timm's convention, which our own modules follow: fuse() returns the substitute.
    fuse: Any = getattr(module, 'fuse', None)
    if callable(fuse):
        return _fold_children(fuse())
    if isinstance(module, ConvNormAct) and isinstance(module.norm, nn.BatchNorm2d):
        module.conv, module.norm = fuse_conv_bn_eval(module.conv, module.norm), nn.Identity()
        return module
    if isinstance(module, nn.Sequential):
        _fold_sequence(module)
    return _fold_children(module)


def _fold_children(module: nn.Module) -> nn.Module:
    for name, child in list(module.named_children()):
        setattr(module, name, _fold(child))
    return module


def _fold_sequence(sequence: nn.Sequential) -> None:
    """Fold each normalisation that directly follows a convolution; indices stay."""
    for index in range(len(sequence) - 1):
        conv, norm = sequence[index], sequence[index + 1]
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            sequence[index] = fuse_conv_bn_eval(conv, norm)
            sequence[index + 1] = nn.Identity()
