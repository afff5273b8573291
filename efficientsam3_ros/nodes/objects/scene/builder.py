"""From a set of messages to a scene; everything is checked here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.core.messages.instance_codec import read_instances
from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.nodes.objects.faults import Cause, SceneFault
from efficientsam3_ros.nodes.objects.frames.transforms import Transforms
from efficientsam3_ros.nodes.objects.scene.camera_infos import CameraInfos
from efficientsam3_ros.nodes.objects.scene.depth_registration import DepthRegistration
from efficientsam3_ros.nodes.objects.scene.placing import Placing
from efficientsam3_ros.nodes.objects.scene.scene import Scene
from efficientsam3_ros.nodes.objects.settings import ObjectSettings
from efficientsam3_ros.scene3d import CameraModel, ImageSource, SceneError, require_aligned

_FARTHEST_M = 1000.0
"""No depth camera sees farther; what drivers put in place of infinity does."""


@dataclass(frozen=True)
class Messages:
    """A set of messages of one image.

    Attributes:
        instances: ``InstanceArray``.
        image: Color ``Image`` or ``CompressedImage`` of the same stamp.
        depth: Depth ``Image`` or ``CompressedImage``.
    """

    instances: Any
    image: Any
    depth: Any


class SceneBuilder:
    """Makes scenes.

    Args:
        read_color: Color message to uint8 (H, W, 3); raises ``ImageError``.
        read_depth: Depth message to float32 (H, W), metres; raises ``ImageError``.
        infos: The cameras.
        transforms: For the output and gravity frame; None where neither is asked for.
        settings: Returns the present parameters.
        registration: For depth of a camera of its own; None where such depth is refused.
    """

    def __init__(
        self,
        read_color: Callable[[Any], np.ndarray],
        read_depth: Callable[[Any], np.ndarray],
        infos: CameraInfos,
        transforms: Transforms | None,
        settings: Callable[[], ObjectSettings],
        registration: DepthRegistration | None = None,
    ) -> None:
        self._read_color, self._read_depth = read_color, read_depth
        self._infos, self._transforms, self._settings = infos, transforms, settings
        self._registration = registration

    def build(self, messages: Messages) -> Scene:
        """Check a set of messages and make a scene of it.

        Raises:
            SceneFault: If they cannot be used.
        """
        settings, header = self._settings(), messages.image.header
        info = self._infos.find(to_nanoseconds(header.stamp))
        depth = self._depth(messages.depth, settings.max_range)
        rgb = self._rgb(messages.image)
        size = (rgb.shape[0], rgb.shape[1])
        result = _result(messages.instances, size)
        camera = self._infos.camera(info, size)
        depth = self._aligned(depth, messages.depth.header, camera, header)
        placing = self._placing(header, settings)
        return Scene(
            header, info, result, depth, camera, rgb, placing, settings.boxes(), messages.instances
        )

    def _depth(self, message: Any, max_range: float) -> np.ndarray:
        try:
            depth = self._read_depth(message)
        except ImageError as error:
            raise SceneFault(Cause.DEPTH, f'Depth cannot be read: {error}') from error
        depth[depth > (max_range or _FARTHEST_M)] = np.nan
        return depth

    def _aligned(
        self, depth: np.ndarray, depth_header: Any, camera: CameraModel, header: Any
    ) -> np.ndarray:
        if self._registration is not None:
            return self._registration.onto(depth, depth_header, camera, header)
        _require_aligned(depth.shape, depth_header.frame_id, camera.size, header.frame_id)
        return depth

    def _rgb(self, message: Any) -> np.ndarray:
        try:
            return self._read_color(message)
        except ImageError as error:
            raise SceneFault(Cause.IMAGE, f'The image cannot be read: {error}') from error

    def _placing(self, header: Any, settings: ObjectSettings) -> Placing:
        source, matrix, up = header.frame_id, None, None
        transforms, target = self._transforms, settings.output_frame
        if transforms is None:
            return Placing(source)
        if target and target.lstrip('/') != source.lstrip('/'):
            matrix = transforms.matrix(target, source, header.stamp)
        if settings.gravity_frame:
            up = transforms.matrix(source, settings.gravity_frame, header.stamp)[:3, 2]
        return Placing(target or source, matrix, up)


def _require_aligned(
    depth_size: tuple[int, ...], depth_frame: str, size: tuple[int, int], frame: str
) -> None:
    try:
        depth = ImageSource((depth_size[0], depth_size[1]), frame_id=depth_frame)
        require_aligned(depth, ImageSource(size, frame_id=frame))
    except SceneError as error:
        raise SceneFault(Cause.NOT_ALIGNED, str(error)) from error


def _result(message: Any, size: tuple[int, int]) -> FrameResult:
    try:
        if (message.height, message.width) != size:
            # Checked before masks are made: the numbers may be anything.
            raise ValueError(
                f'it is of a {message.width}x{message.height} image, the image of its stamp has '
                f'{size[1]}x{size[0]}; remap "image" to what the tracker takes'
            )
        return read_instances(message)
    except (ValueError, OverflowError) as error:
        raise SceneFault(
            Cause.RESULT, f'The result of the tracker cannot be used: {error}.'
        ) from error
