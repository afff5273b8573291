"""What one image costs the objects node, output by output: a simulated scene, true masks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import process_time

import numpy as np
from std_msgs.msg import Header

from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.id_image import object_masks, truth_result
from efficientsam3_ros.nodes.cameras.simulated_camera import camera_info
from efficientsam3_ros.nodes.objects.answers.messages import fill_target
from efficientsam3_ros.nodes.objects.outputs import clouds, masks
from efficientsam3_ros.nodes.objects.scene.placing import Placing
from efficientsam3_ros.nodes.objects.scene.scene import Scene
from efficientsam3_ros.nodes.objects.settings import ObjectSettings
from efficientsam3_ros.scene3d import CameraModel
from efficientsam3_ros.simulation import Tabletop, TabletopConfig
from efficientsam3_ros.simulation.vocabulary import GENERIC

FRAME = 'camera'
GRASPS = 10
_MS = 1e3


@dataclass(frozen=True)
class Costs:
    """Medians for one size of image.

    Attributes:
        width: Columns.
        height: Rows.
        objects: Things in view.
        milliseconds: Output to processor time, all threads together.
    """

    width: int
    height: int
    objects: int
    milliseconds: Mapping[str, float]


def measure_outputs(
    width: int, height: int, objects: int, rounds: int, seed: int, tick: Callable[[], object]
) -> Costs:
    """Render a scene, and make every output of it several times, each from the start.

    Args:
        width: Columns of the image.
        height: Rows.
        objects: Things on the table.
        rounds: Timed ones, after one to warm up.
        seed: Of the scene.
        tick: Told after each round.

    Returns:
        Processor time, milliseconds.
    """
    make = scene_maker(width, height, objects, seed)
    target = _largest(make(None))
    spent: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        for name, matrix, output in _outputs(target, ObjectSettings()):
            scene = make(matrix)
            before = process_time()
            output(scene)
            if number:
                spent.setdefault(name, []).append(_MS * (process_time() - before))
        tick()
    seen = len(make(None).objects)
    return Costs(width, height, seen, {name: median(times) for name, times in spent.items()})


def scene_maker(
    width: int, height: int, objects: int, seed: int
) -> Callable[[np.ndarray | None], Scene]:
    """Return what makes the same scene anew, of which nothing is computed yet.

    It takes the transform (4, 4) to an output frame, metres; None leaves results in the camera's.

    Args:
        width: Columns of the image.
        height: Rows.
        objects: Things on the table.
        seed: Of the scene.
    """
    config = TabletopConfig(
        seed=seed, width=width, height=height, frames=1, min_objects=objects, max_objects=objects
    )
    with Tabletop(config) as table:
        seen, intrinsics = next(iter(table)), table.intrinsics
        phrases = {item.id: item.phrases for item in table.objects}
    assert seen.depth is not None, 'as configured'
    depth, header = seen.depth, Header(frame_id=FRAME)
    info, camera = camera_info(intrinsics, header), CameraModel(intrinsics)
    result = truth_result(
        object_masks(seen.ids), phrases, (GENERIC,), (height, width), seen.stamp_ns, FRAME
    )
    keep_out = ObjectSettings().boxes()

    def make(matrix: np.ndarray | None) -> Scene:
        placing = Placing(FRAME if matrix is None else 'base', matrix)
        return Scene(header, info, result, depth.copy(), camera, seen.rgb, placing, keep_out)

    return make


def _largest(scene: Scene) -> Instance:
    return max(scene.objects, key=lambda item: item.area)


def _outputs(
    target: Instance, settings: ObjectSettings
) -> list[tuple[str, np.ndarray | None, Callable[[Scene], object]]]:
    """Return name, transform and maker of each output."""
    label, voxel = target.label, settings.voxel_size
    return [
        ('~/objects_points', None, clouds.organised_cloud),
        ('~/objects_points in another frame', np.eye(4), clouds.organised_cloud),
        ('~/target_points', None, lambda scene: clouds.object_cloud(scene, label, voxel)),
        ('~/background_points', None, lambda scene: clouds.background_cloud(scene, label, voxel)),
        ('~/target_mask', None, lambda scene: masks.mask_image(scene, [label])),
        ('boxes of all objects', None, _boxes),
        (
            f'one answer of ~/get_grasp_targets, {GRASPS} grasps',
            None,
            lambda scene: fill_target(scene, target, settings, GRASPS),
        ),
    ]


def _boxes(scene: Scene) -> list[object]:
    """Fit what ``~/detections_3d`` and ``~/markers`` hold; writing the messages costs nothing."""
    return [scene.box(item.label) for item in scene.objects]
