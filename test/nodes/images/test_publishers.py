from __future__ import annotations

from types import SimpleNamespace

import pytest

from efficientsam3_ros.nodes.images.publishers import Publishers, choose_reliability

RELIABLE, BEST_EFFORT = 'reliable', 'best_effort'


@pytest.mark.parametrize(
    ('wanted', 'offered', 'chosen'),
    [
        ('auto', [], BEST_EFFORT),
        ('auto', [RELIABLE], RELIABLE),
        ('auto', [RELIABLE, RELIABLE], RELIABLE),
        ('auto', [BEST_EFFORT], BEST_EFFORT),
        ('auto', [RELIABLE, BEST_EFFORT], BEST_EFFORT),
        ('auto', ['unknown'], BEST_EFFORT),
        (RELIABLE, [BEST_EFFORT], RELIABLE),
        (BEST_EFFORT, [RELIABLE], BEST_EFFORT),
    ],
)
def test_reliability_follows_the_publishers_unless_it_is_given(wanted, offered, chosen):
    assert choose_reliability(wanted, offered) == chosen


IMAGE = 'sensor_msgs/msg/Image'


def info(name, gid, reliability, namespace='/', kind=IMAGE):
    return SimpleNamespace(
        node_name=name,
        node_namespace=namespace,
        endpoint_gid=[gid, 0],
        topic_type=kind,
        qos_profile=SimpleNamespace(reliability=SimpleNamespace(name=reliability)),
    )


def test_publishers_are_known_by_name_quality_and_identity():
    other = info('b', 2, 'BEST_EFFORT', kind='sensor_msgs/msg/CompressedImage')
    found = Publishers.of([other, info('cam', 1, 'RELIABLE', '/arm')])
    assert found.names == ('/arm/cam', '/b')
    assert found.offered == (RELIABLE, BEST_EFFORT)
    assert len(found.identities) == 2
    assert found.listed() == '/arm/cam, /b'
    assert found.kinds == ('sensor_msgs/msg/CompressedImage', IMAGE)


def test_a_long_list_of_names_is_cut():
    found = Publishers.of(info(f'c{i}', i, 'RELIABLE') for i in range(9))
    assert found.listed() == '/c0, /c1, /c2, /c3 and 5 more'
