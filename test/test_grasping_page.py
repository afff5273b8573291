"""Every snippet of docs/grasping.md that needs no ROS runs, on a simulated RGB-D camera."""

from __future__ import annotations

from contextlib import redirect_stdout
import io
from pathlib import Path
import re

import cv2
from installed import needs
import numpy as np
import pytest

from efficientsam3_ros.adapters import moveit as fields

PAGE = Path(__file__).parents[1] / 'docs' / 'grasping.md'
pytestmark = needs('mujoco')


@pytest.fixture(scope='module')
def page(tmp_path_factory):
    """Run all snippets in order; return their names, and what each title printed."""
    folder = tmp_path_factory.mktemp('page')
    text = PAGE.read_text().split('## A scene without ROS')[1]
    sections = re.split('^### (.*)$', text, flags=re.MULTILINE)
    names: dict[str, object] = {'folder': folder}
    printed: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for title, section in zip(['scene', *sections[1::2]], sections[::2]):
            for code in re.findall('```python\n(.*?)```', section, re.DOTALL):
                with redirect_stdout(io.StringIO()) as out:
                    exec(compile(code, f'{PAGE.name}: {title}', 'exec'), names)
                printed[title] = out.getvalue()
    return names, printed


@pytest.fixture(scope='module')
def truth(page):
    """Return the true pixels of the mug that was found."""
    names, _ = page
    ids = names['frame'].ids
    found = int(np.bincount(ids[names['cloud'].labels == names['mug']]).argmax())
    (mug,) = [item for item in names['camera'].objects if item.id == found]
    assert mug.noun == 'mug'
    return ids == found


def overlap(mask, truth):
    return (mask & truth).sum() / (mask | truth).sum()


def test_the_scene_shows_a_mug_that_is_found(page, truth):
    names, _ = page
    assert set(names['labels']) == {'mug', 'sponge', 'screwdriver'}
    assert overlap(names['cloud'].labels == names['mug'], truth) > 0.8


def test_every_tool_has_its_snippet(page):
    _, printed = page
    assert list(printed) == [
        *('scene', 'Grasps of this package', 'Contact-GraspNet', 'AnyGrasp', 'GPD'),
        *('FoundationPose', 'nvblox', 'MoveIt 2'),
    ]


def test_own_grasps(page, truth):
    names, _ = page
    best = names['grasps'][0]
    assert best.pose.shape == (4, 4)
    assert 0.03 < best.width < 0.12
    column, row = np.rint(names['cloud'].camera.project(best.contacts.mean(axis=0))).astype(int)
    assert cv2.dilate(truth.astype(np.uint8), np.ones((9, 9)))[row, column], 'it is at the mug'


def test_contact_graspnet(page, truth):
    names, printed = page
    with np.load(names['folder'] / 'scene.npz', allow_pickle=False) as file:
        depth, matrix, segmap, rgb = (file[key] for key in ('depth', 'K', 'segmap', 'rgb'))
    assert depth.shape == segmap.shape == rgb.shape[:2] == (480, 640)
    assert (depth.dtype, matrix.dtype, segmap.dtype) == (np.float32, np.float64, np.int32)
    np.testing.assert_allclose(matrix, names['camera'].intrinsics.matrix())
    true = names['frame'].depth
    np.testing.assert_array_equal(depth, true)
    assert 0.2 < np.median(depth[truth]) < 1.8, 'metres, within the range of the tool'
    np.testing.assert_array_equal(rgb[..., ::-1], names['frame'].rgb)
    assert overlap(segmap == names['mug'], truth) > 0.8
    assert '--z_range="[0.2,1.8]"' in printed['Contact-GraspNet']


def test_anygrasp(page, truth):
    names, _ = page
    one = names['anygrasp']
    assert one.points.dtype == one.colors.dtype == np.float32
    assert one.points.shape == one.colors.shape == (len(one.region), 3)
    assert 0 <= one.colors.min() <= one.colors.max() <= 1
    pixels = np.rint(names['cloud'].camera.project(one.points[one.region])).astype(int)
    assert truth[pixels[:, 1], pixels[:, 0]].mean() > 0.9, 'the optical frame'
    low, high = one.limits[::2], one.limits[1::2]
    assert ((one.points[one.region] > low) & (one.points[one.region] < high)).all()


def test_gpd(page):
    names, printed = page
    one = names['gpd']
    table = one.points[one.labels == 0]
    assert abs(np.median(table[:, 2])) < 0.01, 'the table is z = 0 of the world'
    assert 0 < np.median(one.samples[:, 2]) < 0.12, 'the mug stands on it, in metres'
    np.testing.assert_allclose(one.view_points[0], names['frame'].pose[:3, 3])
    lines = dict(line.split(' = ') for line in printed['GPD'].splitlines())
    assert len(lines['camera_position'].split()) == 3
    assert len(lines['workspace'].split()) == 6
    assert (names['folder'] / 'cloud.ply').read_bytes().startswith(b'ply\n')


def test_foundation_pose(page, truth):
    names, _ = page
    given = names['pose'].arguments()
    assert {name: value.dtype for name, value in given.items()} == {
        'K': np.float64,
        'rgb': np.uint8,
        'depth': np.float32,
        'ob_mask': bool,
    }
    assert given['rgb'].shape == (480, 640, 3)
    assert given['depth'].shape == given['ob_mask'].shape == (480, 640)
    folder = names['folder'] / 'scene'
    millimetres = cv2.imread(str(folder / 'depth' / '0000000.png'), -1)
    assert millimetres.dtype == np.uint16
    np.testing.assert_allclose(millimetres / 1e3, names['frame'].depth, atol=0.0006)
    mask = cv2.imread(str(folder / 'masks' / '0000000.png'), 0)
    assert overlap(mask > 0, truth) > 0.8


def test_nvblox(page):
    names, printed = page
    mask = names['mask']
    assert (mask.dtype, mask.shape) == (np.uint8, (480, 640))
    assert set(np.unique(mask)) == {0, 255}
    np.testing.assert_array_equal(mask > 0, names['cloud'].labels > 0)
    assert "('camera_0/mask/image', '/objects/target_mask')" in printed['nvblox']


def test_moveit(page):
    names, _ = page
    items = {item.id: item for item in names['difference'].collision_objects}
    assert names['difference'].is_diff
    assert {name.rstrip('0123456789_') for name in items} == {'mug', 'sponge', 'screwdriver'}
    removed = items.pop(names['target'])
    assert removed.operation == fields.REMOVE
    for item in items.values():
        assert (item.operation, item.shape, item.frame_id) == (fields.ADD, fields.BOX, 'world')
        assert item.position[2] == pytest.approx(item.dimensions[2] / 2, abs=0.01), 'on the table'
        assert np.linalg.norm(item.orientation) == pytest.approx(1)
        assert max(item.dimensions) < 0.25
    mug = names['solids'][names['target']]
    assert mug.shape == fields.CYLINDER
    height, radius = mug.dimensions
    assert (0.05 < height < 0.15, 0.03 < radius < 0.07) == (True, True)
