import numpy as np
import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.simulation import Tabletop, TabletopConfig
from efficientsam3_ros.simulation.camera.renderer import RendererError
from training.data import tabletop_render
from training.data.scene_file import read_scene


def test_scene_is_written_once_and_read_back(tmp_path):
    config = TabletopConfig(
        seed=9, width=64, height=48, frames=2, motion='still', pack='primitives', depth=False
    )
    try:
        path = tabletop_render.render(config, tmp_path)
    except RendererError as error:
        pytest.skip(str(error))
    scene = read_scene(path)
    assert scene.rgb.shape == (2, 24, 32, 3) and scene.ids.shape == (2, 24, 32)
    assert set(np.unique(scene.ids)) - {0} <= {item.id for item in scene.objects}
    assert all(item.noun in item.phrases for item in scene.objects)
    before = path.stat().st_mtime_ns
    assert tabletop_render.render(config, tmp_path) == path
    assert path.stat().st_mtime_ns == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_narrower_view_stores_larger_things(tmp_path):
    def share(degrees: str) -> float:
        folder = tmp_path / degrees
        words = ['--width', '32', '--height', '24', '--frames', '4', '--workers', '1']
        words += ['--pack', 'primitives', '--scenes', '1', '--field-of-view', degrees]
        assert tabletop_render.main(['--out', str(folder), *words]) == 0
        (path,) = folder.glob('*.npz')
        ids = read_scene(path).ids
        return float(np.bincount(ids.ravel(), minlength=2)[1:].max() / ids.size)

    try:
        Tabletop(TabletopConfig(width=32, height=24, pack='primitives')).close()
    except RendererError as error:
        pytest.skip(str(error))
    assert share('16') > 4 * share('48')
    assert tabletop_render.main(['--out', str(tmp_path / 'new'), '--field-of-view', '0']) == 2
    assert not (tmp_path / 'new').exists()


def test_seeds_of_the_test_clips_are_refused(tmp_path, capsys):
    arguments = ['--out', str(tmp_path / 'new'), '--first-seed', '9990', '--scenes', '20']
    assert tabletop_render.main(arguments) == 2
    assert 'kept for tests' in capsys.readouterr().err and not (tmp_path / 'new').exists()


def test_a_pack_without_its_files_is_refused_before_any_work(tmp_path, capsys):
    arguments = ['--out', str(tmp_path / 'new'), '--pack', 'textured', '--scenes', '1']
    assert tabletop_render.main(arguments) == 2
    assert '--assets' in capsys.readouterr().err and not (tmp_path / 'new').exists()
