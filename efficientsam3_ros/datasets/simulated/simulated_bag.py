"""A simulated tabletop clip with ground truth, as a bag."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from efficientsam3_ros.bags import BagError, BagReader, BagWriter
from efficientsam3_ros.bags.topics import concepts_topic
from efficientsam3_ros.core import Rle
from efficientsam3_ros.core.id_image import object_masks, truth_result

if TYPE_CHECKING:
    from efficientsam3_ros.simulation import SceneObject, Tabletop, TabletopConfig

FRAME_ID = 'camera_color_optical_frame'
IMAGE, DEPTH = '/camera/image_raw', '/camera/depth/image_raw'
INFO, TRUTH = '/camera/camera_info', '/camera/ground_truth'
# A stamp of zero means "not stamped" to many programs.
START_NS = 1_000_000_000
_FARTHEST_MM = 65535


@dataclass(frozen=True)
class _FrameMasks:
    """What is kept of one frame until the concepts are known.

    Attributes:
        stamp_ns: Stamp of the frame.
        masks: Object id to mask.
    """

    stamp_ns: int
    masks: Mapping[int, Rle]

    def visible(self, min_area: float) -> tuple[int, ...]:
        """Return the ids that cover at least ``min_area`` of the image."""
        return tuple(
            number
            for number, mask in self.masks.items()
            if mask.area >= max(1.0, min_area * mask.height * mask.width)
        )


@dataclass(frozen=True)
class SimulatedBag:
    """What was written.

    Attributes:
        objects: Names of the objects in the scene, sorted.
        concepts: What the truth answers.
        frames: Number of frames.
        notes: What users should know of the pack.
    """

    objects: tuple[str, ...]
    concepts: tuple[str, ...]
    frames: int
    notes: tuple[str, ...] = ()


def write_simulated_bag(
    config: TabletopConfig,
    out: Path,
    asked: Sequence[str] = (),
    tick: Callable[[], object] = lambda: None,
) -> SimulatedBag:
    """Render a clip into a new bag.

    Args:
        config: What to simulate.
        out: New bag; its suffix decides its form, see ``BagWriter``.
        asked: Phrases that the truth answers; empty lets the seed choose.
        tick: Called after every frame.

    Raises:
        AssetError: If the pack's files are missing.
        RendererError: If no off-screen OpenGL context can be made.
        BagError: If the bag exists.
    """
    from efficientsam3_ros.simulation import Tabletop

    with Tabletop(config) as scene, BagWriter(out) as bag:
        frames = []
        for masks in _record(scene, bag):
            frames.append(masks)
            tick()
        concepts = _write_truth(scene, bag, frames, asked)
        objects = tuple(sorted(_name(item) for item in scene.objects))
    return SimulatedBag(objects, concepts, len(frames), scene.notes)


def is_simulated_bag(file: Path) -> bool:
    """Return whether a file is a bag that ``write_simulated_bag`` made."""
    try:
        with BagReader(file) as bag:
            topics = set(bag.topics)
    except (BagError, OSError, ValueError):
        return False
    ours = {IMAGE, DEPTH, INFO, TRUTH, concepts_topic(TRUTH)}
    # A camera that was recorded over ROS has no concepts, or other topics beside them.
    return {IMAGE, concepts_topic(TRUTH)} <= topics <= ours


def _record(scene: Tabletop, bag: BagWriter) -> Iterator[_FrameMasks]:
    """Write each frame's images; yield what its truth needs."""
    for seen in scene:
        stamp_ns = START_NS + seen.stamp_ns
        bag.image(IMAGE, seen.rgb, 'rgb8', stamp_ns, FRAME_ID)
        bag.camera_info(INFO, scene.intrinsics, stamp_ns, FRAME_ID)
        if seen.depth is not None:
            bag.image(DEPTH, _millimeters(seen.depth), '16UC1', stamp_ns, FRAME_ID)
        yield _FrameMasks(stamp_ns, object_masks(seen.ids))


def _write_truth(
    scene: Tabletop, bag: BagWriter, frames: Sequence[_FrameMasks], asked: Sequence[str]
) -> tuple[str, ...]:
    """Write the truth of the concepts asked for, else of suggested ones; return them."""
    from efficientsam3_ros.simulation import suggest_prompts

    config = scene.config
    seen: Any = frames
    concepts = tuple(asked) or suggest_prompts(scene.objects, seen, config.seed, nouns=scene.nouns)
    phrases = {item.id: item.phrases for item in scene.objects}
    size = (config.height, config.width)
    bag.concepts(TRUTH, concepts, START_NS)
    for item in frames:
        truth = truth_result(item.masks, phrases, concepts, size, item.stamp_ns, FRAME_ID)
        bag.instances(TRUTH, truth)
    return concepts


def _millimeters(depth: np.ndarray) -> np.ndarray:
    """Return metres as 16UC1, 0 where there is no reading (REP 118)."""
    return np.rint(np.clip(depth * 1000, 0, _FARTHEST_MM)).astype(np.uint16)


def _name(item: SceneObject) -> str:
    return item.noun if item.color in (None, item.noun) else f'{item.color} {item.noun}'
