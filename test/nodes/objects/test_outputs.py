"""What the node publishes of one image, to whom, in which frame."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from cloud_messages import are_cleaned, table_of, xyz_of  # noqa: E402
import numpy as np  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from sensor_msgs.msg import CameraInfo, Image, PointCloud2  # noqa: E402
from table_view import BOX, COLORS, FRAME, MUG, View  # noqa: E402

from efficientsam3_ros.nodes.objects.outputs import clouds  # noqa: E402

pytestmark = pytest.mark.dds

LIFT = np.array([[0.0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]])


def hear(rig, kind, topic, view, stamp=1.5, **replaced):
    """Return the message of one image."""
    rig.listen(kind, topic)
    rig.show(view, stamp, **replaced)
    rig.spin_until(lambda: rig.heard[topic], topic)
    return rig.heard[topic][-1]


def test_the_organised_cloud_has_each_pixels_place_color_and_label(make_objects):
    view = View(MUG, BOX)
    view.depth[5:9, 7:20] = np.nan
    cloud = hear(make_objects(), PointCloud2, 'objects_points', view)
    assert (cloud.height, cloud.width, cloud.is_dense) == (240, 320, False)
    assert (cloud.header.frame_id, cloud.header.stamp.sec, cloud.header.stamp.nanosec) == (
        FRAME,
        1,
        500_000_000,
    )
    table = table_of(cloud)
    assert are_cleaned(table['label'], view.labels)
    np.testing.assert_array_equal(table['z'], view.depth)
    assert np.isnan(table['x'][5:9, 7:20]).all()
    row, column = np.argwhere(view.labels == 2)[40]
    place = ((column - 159.5) / 280, (row - 119.5) / 280)
    assert table['x'][row, column] == pytest.approx(place[0] * view.depth[row, column], abs=1e-6)
    assert table['y'][row, column] == pytest.approx(place[1] * view.depth[row, column], abs=1e-6)
    packed = table['rgb'][row, column : column + 1].view(np.uint32)[0]
    assert tuple(int(packed) >> shift & 255 for shift in (16, 8, 0)) == COLORS[2]


@pytest.mark.parametrize('encoding', ['32FC1', '16UC1'])
def test_the_unit_of_depth_follows_from_its_encoding(make_objects, encoding):
    view = View(MUG)
    depth = view.depth_image(1.5, encoding)
    cloud = hear(make_objects(), PointCloud2, 'objects_points', view, depth=depth)
    np.testing.assert_allclose(table_of(cloud)['z'], view.depth, atol=6e-4)


def test_target_and_background_share_no_point(make_objects):
    rig, view = make_objects(voxel_size=0.0, target_phrase='Box'), View(MUG, BOX)
    rig.listen(PointCloud2, 'background_points')
    target = hear(rig, PointCloud2, 'target_points', view)
    rig.spin_until(lambda: rig.heard['background_points'], 'the background')
    background = rig.heard['background_points'][-1]
    assert set(np.unique(table_of(target)['label'])) == {2}
    assert set(np.unique(table_of(background)['label'])) == {0, 1}
    inside = BOX.inside(xyz_of(target)[0], margin=0.005)
    assert len(inside) > 500 and inside.all()
    assert target.is_dense and target.height == 1


def test_voxels_thin_the_target_out(make_objects):
    rig, view = make_objects(voxel_size=0.01), View(MUG)
    points = xyz_of(hear(rig, PointCloud2, 'target_points', view))[0]
    # Each cube of the same size may meet eight of the grid's.
    _, many = np.unique(np.floor(points / 0.01), axis=0, return_counts=True)
    assert 50 < len(points) < (view.labels == 1).sum() / 5
    assert many.max() <= 8


def test_the_target_stays_when_another_scores_higher_and_can_be_chosen(make_objects):
    rig, view = make_objects(), View(MUG, BOX, concepts=('thing', 'thing'))
    rig.listen(Image, 'target_mask')

    def label_of(stamp):
        rig.show(view, stamp)
        rig.spin_until(lambda: rig.heard['target_mask'][-1:], 'the mask')
        rig.spin_until(lambda: rig.heard['target_mask'][-1].header.stamp.sec == stamp, 'the mask')
        mask = np.frombuffer(rig.heard['target_mask'][-1].data, np.uint8).reshape(240, 320)
        assert set(np.unique(mask)) == {0, 255}
        (label,) = np.unique(view.labels[mask == 255])
        np.testing.assert_array_equal(mask == 255, view.labels == label)
        return label

    assert label_of(1) == 1
    plain = view.instances

    def reversed_scores(stamp):
        message = plain(stamp)
        for item in message.instances:
            item.score = 1 - item.score
        return message

    view.instances = reversed_scores
    assert label_of(2) == 1
    rig.node.set_parameters([Parameter('target_track', value=12)])
    assert label_of(3) == 2


def test_camera_info_is_paired_with_the_image(make_objects):
    rig, view = make_objects(), View(MUG)
    info = hear(rig, CameraInfo, 'camera_info', view, stamp=1.5, camera_info=view.info(0.2))
    assert info.header == view.header(1.5)
    assert list(info.k) == list(view.info(0).k)
    assert (info.height, info.width) == (240, 320)


def test_nothing_is_made_that_nobody_hears(make_objects, monkeypatch):
    made = []
    for name in ('organised_cloud', 'object_cloud', 'background_cloud'):
        monkeypatch.setattr(clouds, name, lambda *args: made.append(args))
    rig = make_objects()
    rig.listen(CameraInfo, 'camera_info')
    rig.see(View(MUG))
    assert made == []
    assert '_everything' not in vars(rig.node.session.latest)


def test_results_go_to_the_output_frame_at_the_stamp_of_the_image(make_objects):
    rig, view = make_objects(output_frame='base_link'), View(MUG)
    rig.buffer.known['base_link', FRAME] = LIFT
    cloud = hear(rig, PointCloud2, 'objects_points', view)
    assert cloud.header.frame_id == 'base_link'
    assert cloud.header.stamp == view.header(1.5).stamp
    assert rig.buffer.asked == [('base_link', FRAME, 1_500_000_000)]
    table = table_of(cloud)
    np.testing.assert_allclose(table['z'], view.depth + 3, atol=1e-5)
    row, column = 120, 200
    across = (column - 159.5) / 280 * view.depth[row, column]
    assert table['y'][row, column] == pytest.approx(across + 2, abs=1e-5)


def test_without_the_transform_the_image_is_dropped_and_both_frames_are_named(make_objects):
    rig = make_objects(output_frame='base_link')
    rig.see(View(MUG))
    report = rig.report_where(lambda r: r.get('dropped: no transform') == '1', 'the drop')
    assert report['received'] == '1' and report['processed'] == '0'
    text = rig.node.session.tally.last_fault
    assert '"base_link"' in text and f'"{FRAME}"' in text and '1.000000000' in text


def test_kept_out_objects_are_background(make_objects):
    low, high = MUG.corners().min(axis=0), MUG.corners().max(axis=0)
    region = ' '.join(f'{value:.4f}' for value in (*low, *high))
    rig, view = make_objects(keep_out=[region]), View(MUG, BOX)
    rig.listen(PointCloud2, 'background_points')
    cloud = hear(rig, PointCloud2, 'objects_points', view)
    labels = table_of(cloud)['label']
    assert set(np.unique(labels)) == {0, 2}
    rig.spin_until(lambda: rig.heard['background_points'], 'the background')
    points = xyz_of(rig.heard['background_points'][-1])[0]
    assert MUG.inside(points, margin=0.002).sum() > 50, 'what is kept out may still be hit'


def test_keep_out_boxes_are_in_the_output_frame(make_objects):
    corners = MUG.corners() @ LIFT[:3, :3].T + LIFT[:3, 3]
    region = ' '.join(f'{value:.4f}' for value in (*corners.min(axis=0), *corners.max(axis=0)))
    rig = make_objects(keep_out=[region], output_frame='base_link')
    rig.buffer.known['base_link', FRAME] = LIFT
    cloud = hear(rig, PointCloud2, 'objects_points', View(MUG, BOX))
    assert set(np.unique(table_of(cloud)['label'])) == {0, 2}


def test_what_is_beyond_the_range_is_a_hole(make_objects):
    view = View(MUG)
    reach = float(np.nanmedian(view.depth))
    cloud = hear(make_objects(max_range=reach), PointCloud2, 'objects_points', view)
    np.testing.assert_array_equal(np.isnan(table_of(cloud)['z']), ~(view.depth <= reach))
