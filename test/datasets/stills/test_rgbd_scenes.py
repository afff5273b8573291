"""RGB-D scenes: ids, names, metres, the camera, and pixels without depth."""

import json

import cv2
import miniatures
from miniatures import HEIGHT, WIDTH, bar
import numpy as np
import pytest
import still_files

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.datasets import SequenceError, open_sequences
from efficientsam3_ros.datasets.sequence import PartlyLabeled
from efficientsam3_ros.datasets.stills.rgbd import RgbdScenes


def test_a_scene_in_metres_with_its_camera(tmp_path):
    scenes = RgbdScenes(still_files.rgbd(tmp_path))
    first, second = scenes
    # In natural order.
    assert [first.name, second.name] == ['learn2', 'learn10']
    assert (len(scenes), scenes.source, scenes.name) == (2, 'rgbd', tmp_path.name)
    assert [(i.track_id, i.concept) for i in first.truth.instances] == [(1, 'box'), (2, 'object')]
    assert np.array_equal(first.truth.instances[1].mask.decode(), bar(2, row=12))
    assert first.depth.dtype == np.float32
    assert np.unique(first.depth).tolist() == pytest.approx([0, 1.234])
    assert np.array_equal(first.unlabeled, np.arange(WIDTH) >= WIDTH // 2 + np.zeros((HEIGHT, 1)))
    assert first.intrinsics == Intrinsics(WIDTH, HEIGHT, 50.0, 52.0, 19.5, 11.5)
    assert scenes.notes == () and scenes.categories == ('box',)


def test_a_scene_that_nobody_named_asks_for_objects(tmp_path):
    named, plain = RgbdScenes(still_files.rgbd(tmp_path))
    assert (named.nouns, plain.nouns) == (('box',), ('object',))
    assert [i.concept for i in plain.truth.instances] == ['object', 'object']
    (tmp_path / 'names.json').unlink()
    assert RgbdScenes(tmp_path).categories == ('object',)


def test_without_a_camera_file_the_kinect_or_what_the_caller_says(tmp_path):
    still_files.rgbd(tmp_path, camera=False)
    # The Kinect's pictures have another size, so nobody knows this camera.
    assert next(iter(RgbdScenes(tmp_path))).intrinsics is None
    mine = Intrinsics(WIDTH, HEIGHT, 40.0, 40.0, 20.0, 12.0)
    assert next(iter(RgbdScenes(tmp_path, mine))).intrinsics == mine
    kinds = {'rgb.jpg': np.uint8, 'inst.png': np.uint8, 'depth.png': np.uint16}
    for kind, dtype in kinds.items():
        assert cv2.imwrite(str(tmp_path / f'learn2_{kind}'), np.zeros((480, 640), dtype))
    camera = RgbdScenes(tmp_path).stills[0].read().intrinsics
    assert camera == Intrinsics(640, 480, 525.0, 525.0, 319.5, 239.5)


def test_depth_may_be_missing_ids_may_not(tmp_path):
    still_files.rgbd(tmp_path)
    (tmp_path / 'learn2_depth.png').unlink()
    (tmp_path / 'learn10_inst.png').unlink()
    (only,) = RgbdScenes(tmp_path)
    assert only.depth is only.unlabeled is only.intrinsics is None
    with pytest.raises(SequenceError, match='holds no RGB-D scene'):
        RgbdScenes(tmp_path / 'nothing')


def grey_depth(root):
    cv2.imwrite(str(root / 'learn2_depth.png'), np.zeros((HEIGHT, WIDTH), np.uint8))


def small_depth(root):
    cv2.imwrite(str(root / 'learn2_depth.png'), np.zeros((HEIGHT, 2), np.uint16))


def large_ids(root):
    miniatures.png(root / 'learn2_inst.png', np.zeros((HEIGHT, 2 * WIDTH)))


@pytest.mark.parametrize(
    ('damage', 'message'),
    [
        (grey_depth, 'learn2_depth.png is no depth: a PNG of 16 bits'),
        (small_depth, f'learn2_depth.png is 2x{HEIGHT}, its picture {WIDTH}x{HEIGHT}'),
        (large_ids, f'learn2_inst.png is {2 * WIDTH}x{HEIGHT}'),
        (lambda root: (root / 'learn2_depth.png').write_bytes(b'x'), 'depth.png cannot be dec'),
        (lambda root: (root / 'camera.json').write_text('{"fx": 1}'), 'camera.json is no camera'),
        (
            lambda root: (root / 'camera.json').write_text(
                '{"fx": 1, "fy": 1, "cx": 1, "cy": 1, "width": 2}'
            ),
            f'camera.json is for pictures of 2x{HEIGHT}, this one is {WIDTH}x{HEIGHT}',
        ),
    ],
)
def test_damage_is_named(tmp_path, damage, message):
    scenes = RgbdScenes(still_files.rgbd(tmp_path))
    damage(tmp_path)
    with pytest.raises(SequenceError, match=message):
        scenes.stills[0].read()


@pytest.mark.parametrize(
    ('names', 'message'),
    [
        ([], 'is not'),
        ({'learn2': ['box']}, 'is not'),
        ({'learn2': {'x': 'box'}}, 'whole number'),
        ({'learn2': {'1': ''}}, 'is no noun'),
    ],
)
def test_damaged_names_are_refused(tmp_path, names, message):
    still_files.rgbd(tmp_path)
    (tmp_path / 'names.json').write_text(json.dumps(names))
    with pytest.raises(SequenceError, match=message):
        RgbdScenes(tmp_path)


def test_evaluate_recognises_the_folder(tmp_path):
    sequences = open_sequences(still_files.rgbd(tmp_path))
    assert [(s.name, s.concepts) for s in sequences] == [
        ('learn10', ('object',)),
        ('learn2', ('box',)),
    ]
    ((truth,),) = [s.truth() for s in sequences[1:]]
    assert [(i.track_id, i.concept) for i in truth.instances] == [(1, 'box')]
    assert isinstance(sequences[1], PartlyLabeled)
    (silent,) = sequences[1].unlabeled()
    assert silent.box_xyxy == (WIDTH // 2, 0, WIDTH, HEIGHT)
