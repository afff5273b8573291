import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.simulation import Tabletop, TabletopConfig
from efficientsam3_ros.simulation.camera.renderer import RendererError
from efficientsam3_ros.simulation.packs import surfaces
from efficientsam3_ros.simulation.tabletop import Observation
from efficientsam3_ros.simulation.vocabulary import HELD_OUT_NOUNS, HELD_OUT_PAIRS

SMALL = {'width': 160, 'height': 120, 'frames': 3, 'max_objects': 8}
STILL = {'width': 160, 'height': 120, 'pack': 'primitives', 'depth': False}


@pytest.fixture(scope='module', autouse=True)
def opengl():
    try:
        Tabletop(TabletopConfig(pack='primitives', **SMALL)).close()
    except RendererError as error:
        pytest.skip(str(error))


@pytest.fixture(scope='module')
def view_in_world() -> tuple[Observation, np.ndarray]:
    """Return a frame and where in the world its pixels lie, float (H, W, 3), metres."""
    with Tabletop(TabletopConfig(seed=3, width=320, height=240, frames=1)) as table:
        view = next(iter(table))
        points = table.intrinsics.back_project(view.depth)
    return view, points @ view.pose[:3, :3].T + view.pose[:3, 3]


def test_plane_of_the_table_comes_back_from_depth_and_pose(view_in_world):
    view, world = view_in_world
    on_top = (view.ids == 0) & (np.abs(world[..., :2]) < [0.5, 0.33]).all(-1)
    on_top &= np.abs(world[..., 2]) < 0.02
    assert on_top.sum() > 5000
    assert np.abs(world[on_top][:, 2]).mean() < 1e-3


def test_a_narrow_field_of_view_shows_the_middle_of_a_wide_one():
    def seen(degrees: float) -> tuple[np.ndarray, float]:
        config = TabletopConfig(seed=3, frames=1, motion='still', field_of_view=degrees, **STILL)
        with Tabletop(config) as table:
            return next(iter(table)).ids, table.intrinsics.fy

    half = np.tan(np.radians(10))
    wide, _ = seen(np.degrees(2 * np.arctan(2 * half)))
    narrow, focal_length = seen(20.0)
    assert focal_length == pytest.approx(60 / half)
    middle = wide[30:90, 40:120]
    assert len(np.unique(middle)) > 2
    assert (narrow[::2, ::2] == middle).mean() > 0.95


@pytest.mark.parametrize('degrees', [0.0, 121.0, float('nan')])
def test_a_field_of_view_that_no_camera_has_is_refused(degrees):
    with pytest.raises(ValueError, match='field_of_view'):
        TabletopConfig(field_of_view=degrees)


def test_object_pixels_lie_above_the_table(view_in_world):
    view, world = view_in_world
    assert world[view.ids > 0][:, 2].min() > -2e-3


def test_every_object_is_seen_or_declared_hidden():
    seen, hidden = set(), set()
    with Tabletop(TabletopConfig(seed=7, frames=30, width=160, height=120, depth=False)) as table:
        for view in table:
            seen |= set(np.unique(view.ids)) - {0}
            hidden |= table.hidden()
        known = {item.id for item in table.objects}
    assert seen <= known
    assert known <= seen | hidden


@pytest.mark.parametrize('motion', ['clip', 'still'])
def test_same_seed_gives_the_same_frames(motion):
    config = TabletopConfig(seed=11, motion=motion, sensor_noise=True, **SMALL)
    with Tabletop(config) as one, Tabletop(config) as two:
        for first, second in zip(one, two):
            assert np.array_equal(first.rgb, second.rgb)
            assert np.array_equal(first.ids, second.ids)
            assert np.array_equal(first.depth, second.depth)


def test_rehearsal_and_chosen_frames_are_of_the_same_film():
    config = TabletopConfig(seed=5, width=64, height=48, frames=4, pack='primitives')
    with Tabletop(config) as table:
        film = list(table)
    with Tabletop(config) as table:
        rehearsed = list(table.rehearsal())
    with Tabletop(config) as table:
        chosen = list(table.frames({1, 3}))
    assert [view.index for view in chosen] == [1, 3]
    assert all(np.array_equal(ids, view.ids) for ids, view in zip(rehearsed, film))
    assert all(np.array_equal(view.rgb, film[view.index].rgb) for view in chosen)


def test_another_seed_gives_another_scene():
    configs = (TabletopConfig(seed=seed, **SMALL) for seed in (1, 2))
    with Tabletop(next(configs)) as one, Tabletop(next(configs)) as two:
        assert one.objects != two.objects


def test_noise_leaves_scene_and_ids_alone():
    noisy = TabletopConfig(seed=5, sensor_noise=True, **SMALL)
    with Tabletop(TabletopConfig(seed=5, **SMALL)) as clean, Tabletop(noisy) as dirty:
        first, second = next(iter(clean)), next(iter(dirty))
    assert np.array_equal(first.ids, second.ids)
    assert not np.array_equal(first.rgb, second.rgb)
    lost = second.depth == 0
    assert 0 < lost.mean() < 0.5
    assert np.abs(second.depth - first.depth)[~lost].mean() < 0.02


@pytest.mark.parametrize('split', ['unseen_pairs', 'unseen_nouns'])
def test_test_splits_hold_several_unseen_concepts(split):
    with Tabletop(TabletopConfig(seed=30, split=split, **SMALL)) as table:
        held_out = [
            item
            for item in table.objects
            if item.noun in HELD_OUT_NOUNS or (item.color, item.noun) in HELD_OUT_PAIRS
        ]
    assert len(held_out) >= 3


def test_primitives_need_no_file(monkeypatch, tmp_path):
    monkeypatch.setattr(surfaces, 'FOLDER', tmp_path)
    surfaces.texture.cache_clear()
    with Tabletop(TabletopConfig(pack='primitives', **SMALL)) as table:
        assert next(iter(table)).ids.max() > 0


def test_clean_pack_reads_committed_files_only(monkeypatch):
    opened = []
    read = surfaces.cv2.imread
    monkeypatch.setattr(
        surfaces.cv2, 'imread', lambda path, flag: (opened.append(path), read(path, flag))[1]
    )
    surfaces.texture.cache_clear()
    for seed in range(2):
        Tabletop(TabletopConfig(seed=seed, **SMALL)).close()
    assert opened
    assert all(path.startswith(str(surfaces.FOLDER)) for path in opened)
    assert not [path for path in opened if 'libero' in path.lower()]


def test_camera_stamps_follow_the_frame_rate():
    with Tabletop(TabletopConfig(fps=10, depth=False, **SMALL)) as table:
        views = list(table)
    assert [view.stamp_ns for view in views] == [0, 100_000_000, 200_000_000]
    assert views[0].depth is None


@pytest.mark.parametrize(
    'wrong', [{'pack': 'gold'}, {'frames': 0}, {'min_objects': 9, 'max_objects': 8}]
)
def test_wrong_configuration_is_refused(wrong):
    with pytest.raises(ValueError):
        TabletopConfig(**wrong)
