"""An objects node and a probe that plays camera and tracker for it, over real DDS."""

from __future__ import annotations

from collections import defaultdict
import gc
from threading import Thread
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile
from rig import TIMEOUT_S, Rig
from table_view import View
from tf_buffer import Buffer

from efficientsam3_ros.nodes.objects.frames.transforms import Transforms
from efficientsam3_ros.nodes.objects.objects_node import ObjectsNode
from efficientsam3_ros.nodes.support.steady_executor import SteadyExecutor


class ObjectsRig(Rig):
    """Starts the node; ``heard`` collects what the probe hears, by topic.

    Args:
        threads: Of the executor; with several, callbacks are served all the time.
        parameters: Of the node.
    """

    def __init__(self, threads: int = 1, **parameters: Any) -> None:
        self.context = Context()
        rclpy.init(context=self.context)
        self.buffer = Buffer()
        given = {'diagnostics_period': 0.1, **parameters}
        self.node = ObjectsNode(
            open_frames=lambda node, timeout: Transforms(self.buffer, timeout),
            context=self.context,
            parameter_overrides=[Parameter(name, value=value) for name, value in given.items()],
        )
        self.probe = Node('probe', context=self.context)
        self.executor: Any = SingleThreadedExecutor(context=self.context)
        if threads > 1:
            self.executor = SteadyExecutor(threads, context=self.context)
        self.executor.add_node(self.node)
        self.executor.add_node(self.probe)
        self.reports: list[dict[str, str]] = []
        self.heard: dict[str, list[Any]] = defaultdict(list)
        self.probe.create_subscription(DiagnosticArray, '/diagnostics', self._report, 10)
        self._pubs: dict[str, Any] = {}
        self._thread = Thread(target=self.executor.spin, daemon=True) if threads > 1 else None
        if self._thread is not None:
            self._thread.start()

    def _report(self, message: DiagnosticArray) -> None:
        status = message.status[0]
        values = {item.key: item.value for item in status.values}
        self.reports.append({'level': str(status.level[0]), 'message': status.message, **values})

    def close(self) -> None:
        """Take everything down."""
        self.executor.shutdown()
        if self._thread is not None:
            self._thread.join(TIMEOUT_S)
        self.node.close()
        self.node.destroy_node()
        self.probe.destroy_node()
        rclpy.shutdown(context=self.context)
        # Its lifecycle services keep the node alive until they are collected.
        self.executor = None
        gc.collect()

    def _serve(self) -> None:
        if self._thread is None:
            self.executor.spin_once(timeout_sec=0.02)
        else:
            time.sleep(0.005)

    def listen(self, kind: Any, topic: str) -> None:
        """Subscribe the probe to an output, and wait until the node knows."""
        name = f'/objects/{topic}'
        self.probe.create_subscription(kind, name, self.heard[topic].append, QoSProfile(depth=50))
        self.spin_until(lambda: self.node.count_subscribers(name) > 0, f'{topic} to be heard')
        self.spin_until(lambda: self.probe.count_publishers(name) > 0, f'{topic}')

    def publish(self, topic: str, message: Any) -> None:
        """Publish an input, once the node listens."""
        if topic not in self._pubs:
            self._pubs[topic] = self.probe.create_publisher(
                type(message), topic, QoSProfile(depth=50)
            )
        publisher = self._pubs[topic]

        def heard() -> bool:
            # A node of an earlier test may be seen for a moment longer than it lives.
            known = self.probe.count_subscribers(topic)
            return self.node.is_active and 0 < known <= publisher.get_subscription_count()

        self.spin_until(heard, f'a listener of {topic}')
        publisher.publish(message)

    def show(self, view: View, stamp: float, **replaced: Any) -> None:
        """Publish one image with all that belongs to it.

        Args:
            view: What is seen.
            stamp: Of all messages, seconds.
            replaced: Other messages by topic: camera_info, image, depth, instances; None for
                none.
        """
        messages = {
            'camera_info': view.info(stamp),
            'image': view.image(stamp),
            'depth': view.depth_image(stamp),
            'instances': view.instances(stamp),
            **replaced,
        }
        for name, message in messages.items():
            if message is not None:
                topic = '/tracker/instances' if name == 'instances' else name
                self.publish(topic, message)

    def see(self, view: View, stamp: float = 1.0, **replaced: Any) -> None:
        """Show an image and wait until it is processed."""
        before = self._counted()
        self.show(view, stamp, **replaced)
        self.spin_until(lambda: self._counted() > before, f'the image of {stamp}')

    def _counted(self) -> int:
        tally = self.node.session and self.node.session.tally
        return tally.processed + sum(tally.dropped.values()) if tally else 0
