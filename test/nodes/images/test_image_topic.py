"""Which topic of images remappings and image_transport mean, with the names that ROS makes."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from node_rig import colored_png  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.node import Node  # noqa: E402
from sensor_msgs.msg import CompressedImage  # noqa: E402

from efficientsam3_ros.nodes.images.image_topic import ImageTopic, choose_topic  # noqa: E402

pytestmark = pytest.mark.dds

RED = {'red': (10, 5, 20, 12)}
RAW, COMPRESSED = 'raw', 'compressed'


@pytest.fixture
def chosen():
    """Return a function of remappings and transport."""
    context = Context()
    rclpy.init(context=context)
    nodes = []

    def choose(rules, transport):
        words = [word for rule in rules.split() for word in ('-r', rule)]
        nodes.append(
            Node('tracker', context=context, cli_args=['--ros-args', *words] if words else None)
        )
        return choose_topic(nodes[-1].resolve_topic_name, transport)

    yield choose
    for node in nodes:
        node.destroy_node()
    rclpy.shutdown(context=context)


def test_every_way_to_name_a_topic_is_understood(chosen):
    for rules, transport, topic in (
        ('', RAW, ImageTopic('/image', False)),
        ('', COMPRESSED, ImageTopic('/image/compressed', True)),
        ('image:=/x', RAW, ImageTopic('/x', False)),
        ('image:=/x', COMPRESSED, ImageTopic('/x/compressed', True)),
        ('image:=/x/compressed', RAW, ImageTopic('/x/compressed', True)),
        ('image:=/x/compressed', COMPRESSED, ImageTopic('/x/compressed', True)),
        ('image/compressed:=/y', COMPRESSED, ImageTopic('/y', True)),
        ('image/compressed:=/y', RAW, ImageTopic('/y', True)),
        ('image:=/x image/compressed:=/y', RAW, ImageTopic('/x', False)),
        ('image:=/x image/compressed:=/y', COMPRESSED, ImageTopic('/y', True)),
        ('__ns:=/arm image:=cam/compressed', RAW, ImageTopic('/arm/cam/compressed', True)),
    ):
        assert chosen(rules, transport) == topic, (rules, transport)


def test_a_topic_that_is_not_read_is_refused_with_a_remedy(chosen):
    for rules, transport, word in (
        ('image:=/x/compressedDepth', RAW, 'carries depth'),
        ('image:=/x/compressedDepth', COMPRESSED, 'carries depth'),
        ('image/compressed:=/x/compressedDepth', COMPRESSED, 'carries depth'),
        ('image:=/x/theora', RAW, 'a video stream'),
    ):
        with pytest.raises(ValueError, match=f'{word}.*remap "image"'):
            chosen(rules, transport)


def test_a_node_hears_the_compressed_topic_that_image_is_remapped_to(make_rig):
    rig = make_rig(remap='image:=/camera/image_raw/compressed')
    camera = rig.probe.create_publisher(CompressedImage, '/camera/image_raw/compressed', 1)
    rig.connect(camera)
    (item,) = rig.exchange(camera, colored_png(RED, sec=3)).instances
    assert item.area == 20 * 12
    rig.report_where(lambda r: r['topic'] == '/camera/image_raw/compressed', 'the topic')


def test_messages_of_another_type_are_named(make_rig):
    # One participant of DDS cannot have two types on a topic.
    context = Context()
    rclpy.init(context=context)
    camera = Node('camera', context=context)
    camera.create_publisher(CompressedImage, '/camera/jpeg', 1)
    rig = make_rig(remap='image:=/camera/jpeg')
    report = rig.report_where(lambda r: 'expected' in r['message'], 'the types')
    assert 'publishes sensor_msgs/msg/CompressedImage on /camera/jpeg' in report['message']
    camera.destroy_node()
    rclpy.shutdown(context=context)
