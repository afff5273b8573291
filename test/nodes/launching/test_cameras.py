"""The cameras of a launch line."""

from __future__ import annotations

import pytest

pytest.importorskip('yaml', reason='needs PyYAML')

from efficientsam3_ros.nodes.launching.cameras import Camera, read_cameras


@pytest.mark.parametrize('names', ['front, robot1/wrist', '[front, "robot1/wrist"]'])
def test_cameras_share_what_is_not_their_own(names):
    front, wrist = read_cameras(
        names, '{robot1/wrist: {objects: true, depth: d, slop: 0.1, prompts: [a b, c]}}', 'false'
    )
    assert front == Camera('front', False, {})
    assert (wrist.namespace, wrist.objects) == ('robot1/wrist', True)
    assert wrist.arguments == {'depth': 'd', 'slop': '0.1', 'prompts': '["a b", "c"]'}


def test_a_flag_of_one_camera_is_written_as_launch_reads_it():
    (camera,) = read_cameras('a', '{a: {objects: false, autostart: false}}', 'true')
    assert camera == Camera('a', False, {'autostart': 'false'})


@pytest.mark.parametrize(
    ('names', 'own', 'objects', 'message'),
    [
        ('', '', 'false', 'cameras is empty'),
        ('front, front', '', 'false', 'twice'),
        ('front, 2nd', '', 'false', '2nd'),
        ('front wrist', '', 'false', 'no namespace'),
        ('[front', '', 'false', 'cannot be read'),
        ('front', '{wrist: {image: x}}', 'false', 'the cameras are front'),
        ('front', '{front: {colour: x}}', 'false', 'tracker.launch.py does not take'),
        ('front', '{front: {depth: x}}', 'false', 'tracker.launch.py does not take'),
        ('front', '{front: {namespace: x}}', 'true', 'objects.launch.py does not take'),
        ('front', '{front: x}', 'false', 'no mapping'),
        ('front', '{front: {image: }}', 'false', 'no value for front: image'),
        ('front', 'x', 'false', 'no mapping'),
        ('front', '', 'perhaps', 'true or false'),
    ],
)
def test_what_cannot_be_used_is_told(names, own, objects, message):
    with pytest.raises(ValueError, match=message):
        read_cameras(names, own, objects)
