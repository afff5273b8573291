"""Image encoder: YOLOX and the lean neck, run once for a frame whatever the prompts."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.layers.layers import ConvBlock, EncoderLayer, fixed_center_code
from efficientsam3_ros.model.nano_config import NanoConfig


class LeanNeck(nn.Module):
    """Feature pyramid on the trunk's own strides 2, 4, 8, 16 and 32.

    SAM 3's neck deconvolves everything from one stride-32 map; most of a student's cost is
    there. This one keeps the trunk's resolution.

    Args:
        channels: Trunk channels at strides 2, 4, 8, 16 and 32.
        config: Sizes of nano.
    """

    def __init__(self, channels: tuple[int, ...], config: NanoConfig) -> None:
        super().__init__()
        c2, c4, c8, c16, c32 = channels
        width, pixel = config.width, config.pixel_width
        self.lateral16 = nn.Conv2d(c16, width, 1)
        self.lateral32 = nn.Conv2d(c32, width, 1)
        self.context = nn.ModuleList(
            EncoderLayer(width, config.heads, config.feedforward)
            for _ in range(config.context_layers)
        )
        self.smooth16 = ConvBlock(width)
        self.lateral8 = nn.Conv2d(c8, width, 1)
        self.smooth8 = nn.Sequential(ConvBlock(width, 5), ConvBlock(width, 3))
        self.lateral4 = nn.Conv2d(c4, pixel, 1)
        self.reduce4 = nn.Conv2d(width, pixel, 1)
        self.smooth4 = nn.Sequential(ConvBlock(pixel), ConvBlock(pixel))
        self.lateral2 = nn.Conv2d(c2, pixel, 1)
        self.smooth2 = ConvBlock(pixel)
        self.width = width

    def forward(self, maps: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Turn trunk maps at strides 2, 4, 8, 16 and 32 into levels at strides 2, 8, 16.

        Returns:
            Pixel embedding (B, pixel_width, H/2, W/2), tokens (B, width, H/8, W/8) and context
            (B, width, H/16, W/16).
        """
        m2, m4, m8, m16, m32 = maps
        context = self._context(m16, m32)
        level8 = self.smooth8(self.lateral8(m8) + _up(context))
        pixels = self.smooth4(self.lateral4(m4) + _up(self.reduce4(level8)))
        return self.smooth2(self.lateral2(m2) + _up(pixels)), level8, context

    def _context(self, m16: Tensor, m32: Tensor) -> Tensor:
        """Turn the maps at strides 16 and 32 into the context (B, width, H/16, W/16)."""
        x, deep = self.lateral16(m16), self._mixed(self.lateral32(m32))
        # Odd sizes at stride 16 round up at stride 32, so the size is given, not a factor.
        size = (int(x.shape[-2]), int(x.shape[-1]))
        smoothed: Tensor = self.smooth16(x + _sized(deep, size))
        return smoothed

    def _mixed(self, x: Tensor) -> Tensor:
        """Let all places of a map (B, width, rows, columns) read each other."""
        rows, columns = int(x.shape[-2]), int(x.shape[-1])
        position = fixed_center_code(rows, columns, self.width, device=x.device)
        tokens = x.flatten(2).transpose(1, 2)
        for layer in self.context:
            tokens = layer(tokens, position)
        return tokens.transpose(1, 2).unflatten(2, (rows, columns))


class ImageEncoder(nn.Module):
    """Trunk and neck.

    Args:
        config: Sizes of nano.
    """

    def __init__(self, config: NanoConfig) -> None:
        super().__init__()
        self.trunk = YoloxTrunk()
        self.neck = LeanNeck(self.trunk.channels, config)
        self.gives_cells = config.class_evidence

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Encode normalised images (B, 3, H, W).

        Returns:
            The levels of :class:`LeanNeck`; with ``class_evidence`` the cells of
            ``YoloxTrunk.cells`` behind them.
        """
        maps = self.trunk(image)
        levels = self.neck(maps)
        if not self.gives_cells:
            return tuple(levels)
        return (*levels, self.trunk.cells(maps))


def _up(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode='bilinear', align_corners=False)


def _sized(x: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(x, size, mode='bilinear', align_corners=False)
