"""RepMixer on token sequences, as MobileCLIP-S0's text encoder uses it.

Sources: MobileCLIP (arXiv 2311.17049), FastViT (arXiv 2303.14189). Parameter names are those of
transformers' ``Sam3LiteText``.
"""

from __future__ import annotations

from timm.layers import Mlp
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

KERNEL = 11
"""Tokens that a depthwise convolution sees."""

_FIRST_SCALE = 1e-5


def token_convolution(width: int, bias: bool = False) -> nn.Conv2d:
    """Depthwise convolution along the tokens of (B, width, 1, L)."""
    kernel, padding = (1, KERNEL), (0, KERNEL // 2)
    return nn.Conv2d(width, width, kernel, padding=padding, groups=width, bias=bias)


class MixerBranches(nn.Module):
    """Normalised depthwise convolution beside a normalised identity.

    Args:
        width: Channels.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.batchnorm_skip = nn.BatchNorm2d(width)
        self.conv = token_convolution(width)
        self.batchnorm_conv = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, width, 1, L) to the same shape."""
        return self.batchnorm_conv(self.conv(x)) + self.batchnorm_skip(x)


class TokenMixer(nn.Module):
    """Residual of the branches against a third normalised identity; linear in eval mode.

    Args:
        width: Channels.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layer_scale = nn.Parameter(torch.full((width, 1, 1), _FIRST_SCALE))
        self.reference_batchnorm = nn.BatchNorm2d(width)
        self.mixer = MixerBranches(width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, width, 1, L) to the same shape."""
        return x + self.layer_scale * (self.mixer(x) - self.reference_batchnorm(x))

    def fuse(self) -> nn.Conv2d:
        """Return the one depthwise convolution that does the same in eval mode."""
        branches, scale = self.mixer, self.layer_scale[:, :, 0]
        conv = fuse_conv_bn_eval(branches.conv, branches.batchnorm_conv)
        assert conv.bias is not None
        gain, shift = _affine(branches.batchnorm_skip)
        reference_gain, reference_shift = _affine(self.reference_batchnorm)
        weight = conv.weight * scale[..., None, None]
        center = 1 + scale[:, 0] * (gain - reference_gain)
        weight[:, 0, 0, KERNEL // 2] += center
        folded = token_convolution(weight.shape[0], bias=True).to(weight)
        assert folded.bias is not None
        folded.weight.copy_(weight)
        folded.bias.copy_(scale[:, 0] * (conv.bias + shift - reference_shift))
        return folded


class ConvFeedForward(nn.Module):
    """Depthwise convolution before the pointwise network.

    Args:
        width: Channels.
        hidden: Channels in between.
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.depthwise_conv = token_convolution(width)
        self.depthwise_batchnorm = nn.BatchNorm2d(width)
        self.mlp = Mlp(width, hidden, use_conv=True)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, width, 1, L) to the same shape."""
        return self.mlp(self.depthwise_batchnorm(self.depthwise_conv(x)))

    def fuse(self) -> nn.Sequential:
        """Return the same with the normalisation folded into the convolution."""
        conv = fuse_conv_bn_eval(self.depthwise_conv, self.depthwise_batchnorm)
        return nn.Sequential(conv, self.mlp)


class RepMixerBlock(nn.Module):
    """Token mixer, then convolutional feed-forward network.

    Args:
        width: Channels.
        hidden: Channels inside the feed-forward network.
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.layer_scale = nn.Parameter(torch.full((width, 1, 1), _FIRST_SCALE))
        self.token_mixer = TokenMixer(width)
        self.conv_feed_forward = ConvFeedForward(width, hidden)

    def forward(self, x: Tensor) -> Tensor:
        """Map tokens (B, L, width) to the same shape."""
        x = self.token_mixer(x.transpose(1, 2)[:, :, None])
        x = x + self.layer_scale * self.conv_feed_forward(x)
        return x[:, :, 0].transpose(1, 2)


def _affine(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Return factor and offset of a normalisation in eval mode."""
    assert norm.running_mean is not None and norm.running_var is not None
    gain = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    return gain, norm.bias - norm.running_mean * gain
