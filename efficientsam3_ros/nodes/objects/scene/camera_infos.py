"""The camera of each image, from the camera_info messages that came."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from threading import Lock
from typing import Any

import numpy as np

from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.nodes.objects.faults import Cause, SceneFault
from efficientsam3_ros.scene3d import CameraModel, SceneError, camera_from_info

_ASPECT = 0.02
# Focal lengths and principal points in sizes of the image: wider than any view, and far outside.
_SHORTEST, _LONGEST, _FARTHEST = 0.05, 500.0, 20.0


class CameraInfos:
    """The last camera_info messages by stamp.

    The one of an image's own stamp counts, so that a zoom or another resolution meets the right
    images; where there is none, as of drivers that publish it seldom, the newest one does.

    Args:
        most: Messages that are kept.
        rectified: Whether images are rectified.
        topic: Which messages of the node these are, for what it says of them.
        kind: Of camera, for the same.

    Attributes:
        received: Messages that came.
        changes: Times that the calibration changed.
    """

    def __init__(
        self,
        most: int,
        rectified: bool = False,
        topic: str = 'camera_info',
        kind: str = 'color',
    ) -> None:
        self._topic, self._kind = topic, kind
        self._infos: OrderedDict[int, Any] = OrderedDict()
        self._newest: Any = None
        self._most, self._rectified = most, rectified
        self._cameras: dict[tuple[Any, ...], CameraModel] = {}
        self._lock = Lock()
        self.received = self.changes = 0

    def add(self, info: Any) -> None:
        """Take a ``sensor_msgs/CameraInfo``."""
        with self._lock:
            self.received += 1
            before, self._newest = self._newest, info
            self.changes += before is not None and _key(before) != _key(info)
            stamp_ns = to_nanoseconds(info.header.stamp)
            self._infos.pop(stamp_ns, None)
            self._infos[stamp_ns] = info
            while len(self._infos) > self._most:
                self._infos.popitem(last=False)

    def find(self, stamp_ns: int) -> Any:
        """Return the message for an image of a stamp, nanoseconds.

        Raises:
            SceneFault: If none has come yet.
        """
        info = self.known(stamp_ns)
        if info is None:
            raise SceneFault(
                Cause.NO_INFO,
                f'No {self._topic} has come yet; remap "{self._topic}" to that of the '
                f'{self._kind} camera (-r {self._topic}:=/camera/{self._kind}/camera_info).',
            )
        return info

    def known(self, stamp_ns: int) -> Any | None:
        """Return the message for an image of a stamp, nanoseconds; None if none has come yet."""
        with self._lock:
            return self._infos.get(stamp_ns, self._newest)

    def camera(self, info: Any, size: tuple[int, int]) -> CameraModel:
        """Return the camera of an image (height, width).

        Raises:
            SceneFault: If the calibration cannot be used or is that of another image.
        """
        key = (*_key(info), size)
        if key not in self._cameras:
            # Rays of all pixels are remembered by camera; a zoom may go through many.
            if len(self._cameras) >= self._most:
                self._cameras.clear()
            self._cameras[key] = self._read(info, size)
        return self._cameras[key]

    def _read(self, info: Any, size: tuple[int, int]) -> CameraModel:
        own = (int(info.height), int(info.width))
        if min(own) < 1 or abs(own[1] * size[0] / (own[0] * size[1]) - 1) > _ASPECT:
            raise SceneFault(
                Cause.BAD_INFO,
                f'{self._topic} is of {own[1]}x{own[0]} images, the {self._kind} image has '
                f'{size[1]}x{size[0]}; remap "{self._topic}" to that of the {self._kind} camera.',
            )
        try:
            return _sane(
                camera_from_info(
                    own,
                    info.k,
                    info.d,
                    info.distortion_model,
                    p=info.p,
                    rectified=self._rectified,
                    image_size=None if own == size else size,
                )
            )
        except (SceneError, ValueError) as error:
            raise SceneFault(Cause.BAD_INFO, str(error)) from error


def _key(info: Any) -> tuple[Any, ...]:
    # As bytes: NaN, which uncalibrated cameras send, differs from itself.
    numbers = (array('d', values).tobytes() for values in (info.k, info.d, info.p))
    return (info.height, info.width, info.distortion_model, *numbers)


def _sane(camera: CameraModel) -> CameraModel:
    """Refuse numbers that no lens has.

    Raises:
        SceneError: If the focal length or the principal point is absurd.
    """
    own = camera.intrinsics
    shares = np.abs([own.fx / own.width, own.fy / own.height])
    center = np.abs([own.cx / own.width, own.cy / own.height])
    if shares.min() < _SHORTEST or shares.max() > _LONGEST or center.max() > _FARTHEST:
        raise SceneError(
            f'camera_info has fx={own.fx:g}, fy={own.fy:g}, cx={own.cx:g}, cy={own.cy:g} for '
            f'{own.width}x{own.height} pixels, which no lens has; calibrate the camera.'
        )
    return camera
