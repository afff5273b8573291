"""Chooses prompts that show much of a scene, for demonstrations; evaluations use ``prompts``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from efficientsam3_ros.simulation.scene.scene import SceneObject
from efficientsam3_ros.simulation.tabletop import visible_ids

EVERYDAY = (
    *('mug', 'bowl', 'can', 'box', 'bottle', 'plate', 'ball', 'sponge', 'screwdriver'),
    *('marker', 'cup', 'carton'),
)
"""Nouns to choose from: short, and known to the embedded network."""
_MIN_AREA = 0.002


def showcase_prompts(
    objects: Sequence[SceneObject], id_images: Iterable[np.ndarray], count: int = 3
) -> tuple[str, ...]:
    """Choose nouns whose objects are in view most, and one that is not there.

    Args:
        objects: Objects of the scene.
        id_images: uint16 (H, W) of all frames of the clip, small ones will do.
        count: Most nouns with objects; no object belongs to two of them.

    Returns:
        The most seen noun first, the absent one last; fewer when the scene does not offer them.
    """
    frames = [frozenset(visible_ids(image, _MIN_AREA)) for image in id_images]
    seen = {item.id: sum(item.id in frame for frame in frames) for item in objects}
    chosen: list[str] = []
    taken: frozenset[int] = frozenset()
    for _ in range(count):
        totals = {noun: _total(noun, objects, seen, taken) for noun in EVERYDAY}
        best = max(EVERYDAY, key=lambda noun: totals[noun])
        if totals[best] > 0:
            chosen.append(best)
            taken |= {item.id for item in objects if best in item.phrases}
    absent = [noun for noun in EVERYDAY if not any(noun in item.phrases for item in objects)]
    return (*chosen, *absent[:1])


def _total(
    noun: str, objects: Sequence[SceneObject], seen: dict[int, int], taken: frozenset[int]
) -> int:
    """Return in how many frames the noun's objects are seen, 0 if another noun has one."""
    ids = {item.id for item in objects if noun in item.phrases}
    return 0 if ids & taken else sum(seen[i] for i in ids)
