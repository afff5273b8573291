"""Domain types to the message objects of rosbags."""

from __future__ import annotations

from typing import Any

import numpy as np
from rosbags.typesys.store import Typestore

from efficientsam3_ros.bags.typestore import INSTANCE_ARRAY, PACKAGE
from efficientsam3_ros.core.instance import FrameResult, Instance
from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.core.messages.stamps import SECOND_NS

ENCODINGS = {
    'rgb8': np.dtype((np.uint8, 3)),
    '16UC1': np.dtype(np.uint16),
    '32FC1': np.dtype(np.float32),
}


class Messages:
    """Makes messages of one typestore; rosbags wants every field of every message.

    Args:
        store: Types of ROS 2 and of this package.
    """

    def __init__(self, store: Typestore) -> None:
        self._types: Any = store.types

    def header(self, stamp_ns: int, frame_id: str) -> Any:
        """Return a ``std_msgs/Header``."""
        time = self._types['builtin_interfaces/msg/Time'](*divmod(stamp_ns, SECOND_NS))
        return self._types['std_msgs/msg/Header'](stamp=time, frame_id=frame_id)

    def text(self, text: str) -> Any:
        """Return a ``std_msgs/String``."""
        return self._types['std_msgs/msg/String'](data=text)

    def image(self, image: np.ndarray, encoding: str, header: Any) -> Any:
        """Return a ``sensor_msgs/Image``.

        Args:
            image: uint8 (H, W, 3) for 'rgb8', uint16 (H, W) millimetres for '16UC1', float32
                (H, W) metres for '32FC1'.
            encoding: One of ``ENCODINGS``.
            header: From ``header``.

        Raises:
            ValueError: If array and encoding contradict each other.
        """
        layout = ENCODINGS.get(encoding)
        if layout is None:
            raise ValueError(f'Bags are written as {", ".join(ENCODINGS)}, not "{encoding}".')
        if image.dtype != layout.base or image.shape[2:] != layout.shape or image.ndim < 2:
            raise ValueError(f'A {image.dtype} {image.shape} array is no "{encoding}" image.')
        height, width = image.shape[:2]
        data = np.ascontiguousarray(image, image.dtype.newbyteorder('<')).reshape(-1)
        return self._types['sensor_msgs/msg/Image'](
            header=header,
            height=height,
            width=width,
            encoding=encoding,
            is_bigendian=0,
            step=width * layout.itemsize,
            data=data.view(np.uint8),
        )

    def camera_info(self, camera: Intrinsics, header: Any) -> Any:
        """Return a ``sensor_msgs/CameraInfo`` of a camera without distortion."""
        k = camera.matrix()
        region = self._region(0, 0, 0, 0)
        return self._types['sensor_msgs/msg/CameraInfo'](
            header=header,
            height=camera.height,
            width=camera.width,
            distortion_model='plumb_bob',
            d=np.zeros(5),
            k=k.reshape(-1),
            r=np.eye(3).reshape(-1),
            p=np.hstack([k, np.zeros((3, 1))]).reshape(-1),
            binning_x=0,
            binning_y=0,
            roi=region,
        )

    def instances(self, result: FrameResult, header: Any) -> Any:
        """Return an ``InstanceArray``."""
        return self._types[INSTANCE_ARRAY](
            header=header,
            height=result.height,
            width=result.width,
            prompt_version=result.prompt_version,
            instances=[self._instance(item) for item in result.instances],
        )

    def _instance(self, item: Instance) -> Any:
        mask = item.mask
        return self._types[f'{PACKAGE}/msg/Instance'](
            track_id=item.track_id,
            label=item.label,
            concept=item.concept,
            score=float(item.score),
            mask_quality=float(item.mask_quality),
            state=int(item.state),
            age=item.age,
            area=item.area,
            roi=self._region(mask.x, mask.y, mask.roi_height, mask.roi_width),
            counts=np.ascontiguousarray(mask.counts, np.uint32),
        )

    def _region(self, x: int, y: int, height: int, width: int) -> Any:
        return self._types['sensor_msgs/msg/RegionOfInterest'](
            x_offset=x, y_offset=y, height=height, width=width, do_rectify=False
        )
