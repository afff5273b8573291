"""Sizes of a bundle's video memory, and the two graphs that use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

MEMORY_GRAPHS = ('track_step', 'memorise')
BANK_INPUTS = ('memory', 'memory_valid', 'pointers', 'pointer_ages', 'pointer_valid')
TRACK_STEP_OUTPUTS = ('mask_logits', 'quality', 'object_score', 'pointer')
VIEW_INPUTS = ('mask_logits', 'object_score')
LATENTS_OUTPUT = 'latents'
LARGEST_SIZE = 65_536


@dataclass(frozen=True)
class MemoryLayout:
    """How much of an object is remembered; the shapes of ``track_step`` and ``memorise``.

    Attributes:
        conditioning: Slots for frames with a trusted mask.
        recent: Slots for the latest frames.
        pointers: Slots for object pointers.
        latents: Tokens of one remembered frame.
        width: Channels of such a token.
        pointer_width: Channels of an object pointer.
        mask: Rows and columns of the masks that the two graphs give and take.

    Raises:
        ValueError: If a size is not a positive whole number, or beyond all memories.
    """

    conditioning: int
    recent: int
    pointers: int
    latents: int
    width: int
    pointer_width: int
    mask: tuple[int, int]

    def __post_init__(self) -> None:
        object.__setattr__(self, 'mask', tuple(self.mask))
        sizes = {item.name: getattr(self, item.name) for item in fields(self)}
        height, width = sizes.pop('mask')
        for name, value in (sizes | {'mask rows': height, 'mask columns': width}).items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"the memory's {name} is {value!r}, not a positive whole number")
            if value > LARGEST_SIZE:
                raise ValueError(
                    f"the memory's {name} is {value}, at most {LARGEST_SIZE} is served"
                )

    @property
    def slots(self) -> int:
        """Remembered frames, conditioning ones first."""
        return self.conditioning + self.recent


def memory_faults(
    ports: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]],
    layout: MemoryLayout | None,
    objects: int,
) -> str | None:
    """Say why the memory graphs of a bundle cannot be used.

    Args:
        ports: Graph name to its input and output names.
        layout: The manifest's section ``memory``.
        objects: The largest number of objects in one batch, 0 if the manifest does not say.

    Returns:
        A clause, or None if all is well or there is no memory at all.
    """
    present = [name for name in MEMORY_GRAPHS if name in ports]
    if not present and layout is None:
        return None
    if len(present) < 2 or layout is None:
        parts = [*present, *(['the sizes "memory"'] if layout else [])]
        return (
            f'of the video memory it has only {" and ".join(parts)}; track_step, memorise and '
            '"memory" belong together'
        )
    if objects < 1:
        return 'the bounds do not say how many "objects" the memory serves at a time'
    return _port_fault(ports)


def _port_fault(ports: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]) -> str | None:
    levels = set(ports['image_encoder'][1]) if 'image_encoder' in ports else set()
    wanted = {
        'track_step': (set(BANK_INPUTS), set(TRACK_STEP_OUTPUTS)),
        'memorise': (set(VIEW_INPUTS), {LATENTS_OUTPUT}),
    }
    for graph, (inputs, outputs) in wanted.items():
        if missing := sorted(inputs - set(ports[graph][0])):
            return f'{graph} has no input {", ".join(missing)}'
        if missing := sorted(outputs - set(ports[graph][1])):
            return f'{graph} has no output {", ".join(missing)}'
        if strange := sorted(set(ports[graph][0]) - inputs - levels):
            return f'{graph} reads {", ".join(strange)}, which the image encoder does not give'
    return None
