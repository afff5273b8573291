"""Optimisation profiles: the range of shapes that a TensorRT engine is built for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.core.memory_layout import BANK_INPUTS, VIEW_INPUTS

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Bound:
    """Sizes of one free axis.

    Attributes:
        minimum: Smallest size.
        optimum: The size that kernels are chosen for.
        maximum: Largest size.

    Raises:
        BundleError: If they are not in ascending order from 1.
    """

    minimum: int
    optimum: int
    maximum: int

    def __post_init__(self) -> None:
        if not 1 <= self.minimum <= self.optimum <= self.maximum:
            raise BundleError(
                f'Sizes {self.minimum}, {self.optimum}, {self.maximum} of an axis do not ascend '
                'from 1; correct the bounds of the bundle.'
            )

    def up_to(self, maximum: int) -> Bound:
        """Return the same bound with another maximum."""
        return Bound(min(self.minimum, maximum), min(self.optimum, maximum), maximum)


@dataclass(frozen=True)
class InputRange:
    """Shapes of one input, as ``IOptimizationProfile.set_shape`` takes them."""

    minimum: Shape
    optimum: Shape
    maximum: Shape

    def holds(self, shape: Sequence[int]) -> bool:
        """Tell whether a shape lies inside."""
        return len(shape) == len(self.minimum) and all(
            low <= size <= high for low, size, high in zip(self.minimum, shape, self.maximum)
        )


@dataclass(frozen=True)
class NetworkInput:
    """One input of a parsed network.

    Attributes:
        name: Its name.
        shape: Sizes, -1 where free.
        axes: Name of each axis as exported, empty where the parser did not keep it.
    """

    name: str
    shape: Shape
    axes: tuple[str, ...]


DEFAULT_BOUNDS = {
    'prompts': Bound(1, 1, 16),
    'tokens': Bound(1, 17, 64),
    'exemplars': Bound(1, 1, 8),
    'points': Bound(1, 1, 8),
    'objects': Bound(1, 4, 16),
}
"""Axis name to sizes; 16 prompts are the tracker's default limit."""

KNOWN_AXES: Mapping[str, tuple[str, ...]] = {
    name: axes
    for axes, names in {
        ('prompts', 'tokens'): ('token_ids', 'prompt_tokens', 'prompt_mask'),
        ('prompts', 'exemplars'): ('boxes', 'box_labels', 'box_valid'),
        ('prompts', 'points'): ('points', 'point_labels', 'point_valid'),
        ('objects',): (*BANK_INPUTS, *VIEW_INPUTS),
    }.items()
    for name in names
}
"""Input name to the meaning of its leading axes, for parsers that drop the names."""


def bounds_of(manifest: Manifest) -> dict[str, Bound]:
    """Return the sizes of free axes: the bundle's own limits, else the defaults.

    Kernels are chosen for prompts of words alone: a phrase, and the class token where every prompt
    has one.

    Args:
        manifest: Its bounds are the largest sizes.
    """
    known = dict(DEFAULT_BOUNDS)
    words = manifest.context + manifest.always_exemplar
    known['tokens'] = Bound(1, words, max(words, known['tokens'].maximum))
    for axis, maximum in manifest.bounds.items():
        known[axis] = known.get(axis, Bound(1, 1, 1)).up_to(int(maximum))
    return known


def plan_profile(
    inputs: Sequence[NetworkInput], bounds: Mapping[str, Bound]
) -> dict[str, InputRange]:
    """Return the profile of a graph: every input that has a free axis.

    Args:
        inputs: The parsed network's inputs.
        bounds: Axis name to sizes.

    Raises:
        BundleError: If a free axis has no known bound.
    """
    found: dict[str, InputRange] = {}
    for item in inputs:
        if all(size >= 0 for size in item.shape):
            continue
        sizes = [_bound(item, axis, bounds) for axis in range(len(item.shape))]
        found[item.name] = InputRange(
            tuple(bound.minimum for bound in sizes),
            tuple(bound.optimum for bound in sizes),
            tuple(bound.maximum for bound in sizes),
        )
    return found


def _bound(item: NetworkInput, axis: int, bounds: Mapping[str, Bound]) -> Bound:
    size = item.shape[axis]
    if size >= 0:
        return Bound(size, size, size)
    known = KNOWN_AXES.get(item.name, ())
    names = (item.axes[axis] if axis < len(item.axes) else '', *known[axis : axis + 1])
    for name in names:
        if name in bounds:
            return bounds[name]
    raise BundleError(
        f'Axis {axis} of input "{item.name}" is free, but the bundle gives it no bound (known: '
        f'{", ".join(bounds)}); export the bundle again.'
    )
