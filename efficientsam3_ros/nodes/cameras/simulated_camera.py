"""A camera that needs no hardware: the simulated tabletop on image topics."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import rclpy
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from efficientsam3_ros.core import Intrinsics
from efficientsam3_ros.core.messages.image_codec import fill_image
from efficientsam3_ros.core.messages.instance_codec import fill_instances
from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.install_hint import install_hint
from efficientsam3_ros.msg import Instance, InstanceArray
from efficientsam3_ros.nodes.cameras.film_player import played
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings, Film, Shot
from efficientsam3_ros.nodes.images.image_input import image_qos
from efficientsam3_ros.nodes.support.declaration import declare
from efficientsam3_ros.nodes.support.interruption import until_interrupted
from efficientsam3_ros.nodes.support.start import exit_code, start

_PATIENCE_S = 30.0


class SimulatedCamera(Node):
    """Publishes ``image_raw``, ``depth/image_raw``, ``camera_info`` and ``ground_truth``.

    Stamps are the node's time of publishing.

    Args:
        options: Passed to ``Node``.

    Raises:
        ValueError: If a parameter is out of range.
        ModuleNotFoundError: If mujoco is not installed.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__('simulated_camera', **options)
        self._settings = settings = declare(self, CameraSettings(), read_only=True)
        self._concepts = [text for text in settings.concepts if text.strip()]
        self._film = Film(settings)
        if settings.prerender_seconds:
            self.get_logger().info(f'Rendering {settings.prerender_seconds:g} s beforehand.')
        self._shots = played(self._film)
        qos = image_qos(settings.reliability)
        self._image = self.create_publisher(Image, 'image_raw', qos)
        self._depth = self.create_publisher(Image, 'depth/image_raw', qos)
        self._info = self.create_publisher(CameraInfo, 'camera_info', QoSProfile(depth=5))
        self._truth = self.create_publisher(InstanceArray, 'ground_truth', QoSProfile(depth=5))
        self._patient_until = time.monotonic() + _PATIENCE_S if settings.listeners else 0.0
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = self.create_timer(1 / settings.rate, self._publish, clock=steady)

    def destroy_node(self) -> None:
        """Free the OpenGL context and the node."""
        self._shots.close()
        super().destroy_node()

    def _waits(self) -> bool:
        """Return whether somebody who is to see the first image does not listen yet."""
        if time.monotonic() < self._patient_until:
            heard = self._image.get_subscription_count() >= self._settings.listeners
            if not (heard and (not self._concepts or self._truth.get_subscription_count())):
                return True
            # From now on the film runs, whoever leaves.
            self._patient_until = 0.0
        return False

    def _publish(self) -> None:
        if self._waits():
            return
        shot = next(self._shots, None)
        if shot is None:
            self._timer.cancel()
            self.get_logger().info('The film has ended.')
            return
        header = Header(frame_id=self._settings.frame_id)
        header.stamp = self.get_clock().now().to_msg()
        self._image.publish(fill_image(Image(header=header), shot.rgb, 'rgb8'))
        self._info.publish(camera_info(self._film.intrinsics, header))
        if shot.depth is not None and self._depth.get_subscription_count():
            self._depth.publish(fill_image(Image(header=header), shot.depth, '32FC1'))
        if self._concepts:
            self._truth.publish(self._true_instances(shot, header))

    def _true_instances(self, shot: Shot, header: Header) -> InstanceArray:
        from efficientsam3_ros.core.id_image import truth_result

        size = (shot.rgb.shape[0], shot.rgb.shape[1])
        stamp_ns = to_nanoseconds(header.stamp)
        result = truth_result(
            shot.masks, self._film.phrases, self._concepts, size, stamp_ns, header.frame_id
        )
        return fill_instances(InstanceArray(), result, header, Instance)


def camera_info(camera: Intrinsics, header: Header) -> CameraInfo:
    """Return the ``CameraInfo`` of a camera without distortion."""
    matrix = camera.matrix()
    return CameraInfo(
        header=header,
        height=camera.height,
        width=camera.width,
        distortion_model='plumb_bob',
        d=[0.0] * 5,
        k=matrix.ravel().tolist(),
        r=np.eye(3).ravel().tolist(),
        p=np.hstack([matrix, np.zeros((3, 1))]).ravel().tolist(),
    )


def main(args: list[str] | None = None) -> int:
    """Run the camera until it is interrupted; 2 if it cannot render or start as it was told."""
    return exit_code(lambda: _run(args))


def _run(args: list[str] | None) -> int:
    node = None
    try:
        with until_interrupted():
            with start(args):
                node = SimulatedCamera()
            rclpy.spin(node)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition('.')[0] != 'mujoco':
            raise
        print(f'error: {error}; {install_hint("sim")}.', file=sys.stderr)
        return 2
    finally:
        if node is not None:
            node.destroy_node()
        rclpy.try_shutdown()
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
