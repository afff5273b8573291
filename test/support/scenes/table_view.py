"""What a camera sees of boxes on a table, as the messages that camera and tracker publish."""

from __future__ import annotations

from collections.abc import Sequence

from depth_scene import DepthScene
from grasp_table import CAMERA, SPOT, UP, standing
import numpy as np
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from efficientsam3_ros import msg
from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.core.messages.image_codec import fill_image
from efficientsam3_ros.core.messages.instance_codec import fill_instances
from efficientsam3_ros.scene3d.box import OrientedBox

FRAME = 'camera_color_optical_frame'
MUG = standing((0.06, 0.05, 0.1), 20, right=-0.08)
BOX = standing((0.12, 0.05, 0.06), -30, right=0.08)
COLORS = {0: (120, 120, 120), 1: (200, 30, 20), 2: (20, 60, 200)}


class View:
    """What a camera sees of boxes on a table, as messages of one stamp.

    Attributes:
        depth: float32 (240, 320), metres, NaN at holes.
        labels: uint32 (240, 320).
    """

    def __init__(self, *boxes: OrientedBox, concepts: Sequence[str] = ('mug', 'box')) -> None:
        scene = DepthScene(CAMERA)
        scene.add_plane(UP, SPOT)
        for label, box in enumerate(boxes, 1):
            scene.add_box(label, box.center, box.rotation, box.size)
        self.depth = scene.depth.astype(np.float32)
        self.labels = scene.labels
        self.boxes, self.concepts = boxes, concepts
        self.state = TrackState.TRACKED

    def header(self, stamp: float) -> Header:
        """Return a header of a stamp in seconds."""
        header = Header(frame_id=FRAME)
        header.stamp.sec, header.stamp.nanosec = divmod(round(stamp * 1e9), 10**9)
        return header

    def image(self, stamp: float) -> Image:
        """Return the color image."""
        rgb = np.zeros((*self.labels.shape, 3), np.uint8)
        for label, color in COLORS.items():
            rgb[self.labels == label] = color
        return fill_image(Image(header=self.header(stamp)), rgb, 'rgb8')

    def depth_image(self, stamp: float, encoding: str = '32FC1') -> Image:
        """Return the depth image."""
        depth = self.depth
        if encoding == '16UC1':
            depth = np.nan_to_num(np.rint(depth * 1e3)).astype(np.uint16)
        return fill_image(Image(header=self.header(stamp)), depth, encoding)

    def instances(self, stamp: float) -> msg.InstanceArray:
        """Return the tracker's result: track ids 11, 12, ... for labels 1, 2, ..."""
        height, width = self.labels.shape
        items = tuple(
            Instance(
                10 + label,
                label,
                self.concepts[label - 1],
                1 - 0.1 * label,
                Rle.encode(self.labels == label),
                self.state,
            )
            for label in range(1, len(self.boxes) + 1)
        )
        result = FrameResult(0, FRAME, height, width, 1, items)
        return fill_instances(msg.InstanceArray(), result, self.header(stamp), msg.Instance)

    def info(self, stamp: float) -> CameraInfo:
        """Return the camera."""
        own = CAMERA.intrinsics
        info = CameraInfo(header=self.header(stamp), height=own.height, width=own.width)
        info.k = own.matrix().ravel().tolist()
        info.d, info.distortion_model = [0.0] * 5, 'plumb_bob'
        return info
