"""``efficientsam3 simulate``: a tabletop clip with ground truth, as a bag."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from efficientsam3_ros.bags import BagWriter
from efficientsam3_ros.cli.options import fresh, positive
from efficientsam3_ros.cli.progress import progress
from efficientsam3_ros.core import Rle
from efficientsam3_ros.core.prompt import parse_prompts

if TYPE_CHECKING:
    from efficientsam3_ros.simulation import SceneObject, Tabletop

EXAMPLES = """\
  efficientsam3 simulate --seconds 20 --seed 7 --out clip.mcap
  efficientsam3 simulate --out clip --concepts "red mug, bowl" --sensor-noise
  efficientsam3 track clip.mcap --prompts "red mug, bowl" --out output/clip"""

FRAME_ID = 'camera_color_optical_frame'
IMAGE, DEPTH = '/camera/image_raw', '/camera/depth/image_raw'
INFO, TRUTH = '/camera/camera_info', '/camera/ground_truth'
# A stamp of zero means "not stamped" to many programs.
START_NS = 1_000_000_000
_FARTHEST_MM = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        '--out',
        type=Path,
        required=True,
        help='new bag: *.mcap and *.db3 become one file, other names a rosbag2 folder',
    )
    parser.add_argument('--seconds', type=positive, default=20.0, help='length (%(default)s)')
    parser.add_argument('--seed', type=int, default=7, help='which scene (%(default)s)')
    parser.add_argument('--width', type=int, default=640, help='image columns (%(default)s)')
    parser.add_argument('--height', type=int, default=480, help='image rows (%(default)s)')
    parser.add_argument('--fps', type=positive, default=15.0, help='frame rate (%(default)s)')
    parser.add_argument(
        '--pack', default='clean', help='objects: clean, primitives or rich (%(default)s)'
    )
    parser.add_argument(
        '--split', default='train', help='train, unseen_pairs or unseen_nouns (%(default)s)'
    )
    parser.add_argument(
        '--concepts', help='phrases that the ground truth answers (chosen by the seed)'
    )
    parser.add_argument('--sensor-noise', action='store_true', help='noisy colour and depth')
    parser.add_argument('--no-depth', action='store_true', help='write no depth images')
    parser.add_argument('--force', action='store_true', help='replace an existing --out')


@dataclass(frozen=True)
class Sighting:
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


def run(arguments: argparse.Namespace) -> int:
    """Simulate and write the bag."""
    from efficientsam3_ros.simulation import Tabletop, TabletopConfig

    config = TabletopConfig(
        seed=arguments.seed,
        width=arguments.width,
        height=arguments.height,
        fps=arguments.fps,
        frames=max(1, round(arguments.seconds * arguments.fps)),
        pack=arguments.pack,
        split=arguments.split,
        sensor_noise=arguments.sensor_noise,
        depth=not arguments.no_depth,
    )
    asked = parse_prompts(arguments.concepts) if arguments.concepts else ()
    out = fresh(arguments.out, arguments.force)
    with Tabletop(config) as scene, BagWriter(out) as bag:
        sightings = list(progress(_record(scene, bag), 'simulate', config.frames))
        concepts = _write_truth(scene, bag, sightings, [prompt.concept for prompt in asked])
    print(f'objects: {", ".join(sorted(_name(item) for item in scene.objects))}')
    print(f'ground truth for: {", ".join(concepts)}')
    print(f'{len(sightings)} frames in {out}')
    return 0


def _record(scene: Tabletop, bag: BagWriter) -> Iterator[Sighting]:
    """Write each frame's images; yield what its truth needs."""
    from efficientsam3_ros.evaluation.truth import object_masks

    for seen in scene:
        stamp_ns = START_NS + seen.stamp_ns
        bag.image(IMAGE, seen.rgb, 'rgb8', stamp_ns, FRAME_ID)
        bag.camera_info(INFO, scene.intrinsics, stamp_ns, FRAME_ID)
        if seen.depth is not None:
            bag.image(DEPTH, _millimetres(seen.depth), '16UC1', stamp_ns, FRAME_ID)
        yield Sighting(stamp_ns, object_masks(seen.ids))


def _write_truth(
    scene: Tabletop, bag: BagWriter, sightings: Sequence[Sighting], asked: Sequence[str]
) -> tuple[str, ...]:
    """Write the truth of the concepts asked for, else of suggested ones; return them."""
    from efficientsam3_ros.evaluation.truth import truth_result
    from efficientsam3_ros.simulation import suggest_prompts

    config = scene.config
    seen: Any = sightings
    concepts = tuple(asked) or suggest_prompts(scene.objects, seen, config.seed)
    phrases = {item.id: item.phrases for item in scene.objects}
    size = (config.height, config.width)
    for item in sightings:
        truth = truth_result(item.masks, phrases, concepts, size, item.stamp_ns, FRAME_ID)
        bag.instances(TRUTH, truth)
    return concepts


def _millimetres(depth: np.ndarray) -> np.ndarray:
    """Return metres as 16UC1, 0 where there is no reading (REP 118)."""
    return np.rint(np.clip(depth * 1000, 0, _FARTHEST_MM)).astype(np.uint16)


def _name(item: SceneObject) -> str:
    return item.noun if item.colour in (None, item.noun) else f'{item.colour} {item.noun}'
