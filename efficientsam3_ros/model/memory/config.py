"""Everything that distinguishes one video memory from another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
import math
from typing import Literal

from efficientsam3_ros.model.memory.part_configs import MaskDecoderConfig, PerceiverConfig

MemoryKind = Literal['perceiver', 'dense']
_FEWEST_WINDOWS, _MOST_WINDOWS = 4, 12


@dataclass(frozen=True)
class MemoryConfig:
    """Shape of the video half of a network; the defaults are SAM 3's with EdgeTAM's Perceiver.

    Attributes:
        kind: ``perceiver`` latents, or the ``dense`` map as in SAM 3.
        grid: Rows and columns of the map on which memory lives.
        level_grid: Rows and columns of image level 2, if they are not those of ``grid``: levels 1
            and 2 are then resized, so that the memory costs the same whatever the image's size.
        width: Channels of that level, of tokens and of object pointers.
        memory_width: Channels of a memory token.
        attention_layers: Layers in which the frame reads the memory.
        attention_heads: Heads of these layers.
        attention_width: Channels inside them, a multiple of 4 times ``attention_heads``.
        feedforward: Hidden channels of their feed-forward blocks.
        conditioning_slots: Frames with a trusted mask that are kept.
        recent_slots: Latest frames that are kept.
        pointer_slots: Object pointers that are kept.
        fuser_layers: Convolution blocks that join mask and image.
        fuser_expansion: Hidden channels of such a block over ``width``.
        mask_upsampling: Factor by which a mask is enlarged before it is encoded.
        normalized_levels: Whether every place of an image level is normalised over its channels
            first. SAM 3's necks give small numbers; those of a lean neck would drown what is read
            from the memory.
        near_start: Bias with which rotary queries and keys begin: above 0, an untrained network
            looks for things where they were. Weights from elsewhere replace it.
        perceiver: Latents; used when ``kind`` is ``perceiver``.
        decoder: Mask decoder.

    Raises:
        ValueError: If sizes do not fit together.
    """

    kind: MemoryKind = 'perceiver'
    grid: tuple[int, int] = (72, 72)
    level_grid: tuple[int, int] | None = None
    width: int = 256
    memory_width: int = 64
    attention_layers: int = 2
    attention_heads: int = 1
    attention_width: int = 256
    feedforward: int = 2048
    conditioning_slots: int = 4
    recent_slots: int = 6
    pointer_slots: int = 16
    fuser_layers: int = 2
    fuser_expansion: int = 4
    mask_upsampling: int = 4
    normalized_levels: bool = False
    near_start: float = 0.0
    perceiver: PerceiverConfig = field(default_factory=PerceiverConfig)
    decoder: MaskDecoderConfig = field(default_factory=MaskDecoderConfig)

    def __post_init__(self) -> None:
        if self.kind not in ('perceiver', 'dense'):
            raise ValueError(f'A memory is perceiver or dense, got {self.kind!r}.')
        self._check_widths()
        self._check_decoder()
        if self.kind == 'perceiver':
            self._check_perceiver()

    @property
    def slots(self) -> int:
        """Remembered frames, conditioning first."""
        return self.conditioning_slots + self.recent_slots

    @property
    def latents(self) -> int:
        """Memory tokens of one frame."""
        rows, columns = self.grid
        return self.perceiver.latents if self.kind == 'perceiver' else rows * columns

    @property
    def pointer_tokens(self) -> int:
        """Memory tokens of one object pointer: split as in SAM 3 if the widths allow, else one."""
        return 1 if self.width % self.memory_width else self.width // self.memory_width

    @property
    def bank_tokens(self) -> int:
        """Memory tokens of an object whose slots are all taken."""
        return self.slots * self.latents + self.pointer_slots * self.pointer_tokens

    @property
    def mask_size(self) -> tuple[int, int]:
        """Rows and columns of a mask."""
        rows, columns = self.level_grid or self.grid
        return rows * self.decoder.scale, columns * self.decoder.scale

    @property
    def level_sizes(self) -> tuple[tuple[int, int], ...]:
        """Rows and columns of image levels 0, 1 and 2."""
        rows, columns = self.level_grid or self.grid
        return tuple((rows * scale, columns * scale) for scale in (self.decoder.scale, 2, 1))

    @property
    def level_channels(self) -> tuple[int, int, int]:
        """Channels of image levels 0, 1 and 2."""
        return (*self.decoder.level_channels, self.width)

    def _check_widths(self) -> None:
        per_head = self.attention_width / self.attention_heads
        if per_head % 4:
            raise ValueError(
                f'Rotary positions need a multiple of 4 channels a head, got {per_head:g} '
                f'({self.attention_width} over {self.attention_heads} heads).'
            )
        if self.memory_width % 4 or self.width % 4:
            raise ValueError(
                f'Widths {self.width} and {self.memory_width} must be multiples of 4.'
            )
        if (
            min(*self.grid, *(self.level_grid or self.grid)) < 1
            or self.slots < 1
            or self.pointer_slots < 2
        ):
            raise ValueError(
                f'A memory needs a grid, a slot and 2 pointers, got grid {self.grid}, '
                f'{self.slots} slots, {self.pointer_slots} pointers.'
            )
        factor = self.mask_upsampling
        if factor < 1 or math.log2(factor) % 1:
            raise ValueError(f'Masks are enlarged by a power of 2, got {factor}.')

    def _check_decoder(self) -> None:
        decoder = self.decoder
        inner = self.width // decoder.downsample
        if inner % decoder.heads or self.width % decoder.heads:
            raise ValueError(
                f'{decoder.heads} heads of the mask decoder do not divide {self.width} and '
                f'{inner}.'
            )
        if len(decoder.upscaling) < 2:
            raise ValueError('The mask decoder doubles the map at least twice.')

    def _check_perceiver(self) -> None:
        windows = self.perceiver.windows
        if min(windows) < 1 or any(g % k for g, k in zip(self.grid, windows)):
            raise ValueError(
                f'{windows[0]}x{windows[1]} windows do not divide the memory grid of '
                f'{self.grid[0]}x{self.grid[1]}; take divisors of both sides.'
            )
        if self.memory_width % self.perceiver.heads:
            raise ValueError(
                f"{self.perceiver.heads} heads of the Perceiver do not divide the memory's "
                f'{self.memory_width} channels.'
            )


def sam3_memory(kind: MemoryKind = 'perceiver', grid: int = 72, layers: int = 2) -> MemoryConfig:
    """Return the memory of a student with SAM 3's detector.

    Args:
        kind: Perceiver or dense.
        grid: Side of image level 2: 72 at 1008 px, 36 at 512 px.
        layers: Memory attention layers, 4 in SAM 3 and 2 in EdgeTAM.

    Raises:
        ValueError: If the grid of a Perceiver cannot be cut into windows.
    """
    side = max(n for n in range(1, _MOST_WINDOWS + 1) if grid % n == 0)
    if kind == 'perceiver' and side < _FEWEST_WINDOWS:
        raise ValueError(
            f"A Perceiver's windows divide the grid, and {grid} has no divisor from "
            f'{_FEWEST_WINDOWS} to {_MOST_WINDOWS}; choose another input size (1008, 768 and 512 '
            'fit), or a dense memory.'
        )
    return MemoryConfig(
        kind=kind,
        grid=(grid, grid),
        attention_layers=layers,
        perceiver=PerceiverConfig(windows=(side, side), places='centres'),
    )


def nano_memory(
    kind: MemoryKind = 'perceiver',
    grid: tuple[int, int] = (15, 20),
    level_grid: tuple[int, int] | None = (20, 26),
) -> MemoryConfig:
    """Return the memory of the light student (``NanoConfig`` at 320 x 416 pixels).

    Args:
        kind: Perceiver or dense.
        grid: Rows and columns of the map on which memory lives.
        level_grid: Those of image level 2, a 16th of the input's; None if they are ``grid``.
    """
    perceiver = PerceiverConfig(
        global_latents=12, windows=(5, 5), places='centres', window_positions=True
    )
    return replace(_NANO, kind=kind, grid=grid, level_grid=level_grid, perceiver=perceiver)


_NANO = MemoryConfig(
    kind='dense',
    grid=(15, 20),
    width=96,
    memory_width=64,
    attention_layers=2,
    attention_width=64,
    feedforward=192,
    conditioning_slots=2,
    recent_slots=4,
    pointer_slots=8,
    fuser_layers=1,
    fuser_expansion=2,
    mask_upsampling=1,
    normalized_levels=True,
    near_start=2.0,
    decoder=MaskDecoderConfig(
        heads=4,
        feedforward=192,
        single_mask=False,
        prompt_tokens=0,
        upscaling=(48, 24),
        level_channels=(24, 96),
        finest='product',
        prior=-4.0,
    ),
)
