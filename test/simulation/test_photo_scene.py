"""Scenes that are drawn like photographs."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('mujoco')

from mesh_folder import write_mesh_folder

from efficientsam3_ros.simulation import Tabletop, TabletopConfig
from efficientsam3_ros.simulation.camera.renderer import RendererError
from efficientsam3_ros.simulation.packs.mesh import AssetError


@pytest.fixture(scope='module')
def config(tmp_path_factory):
    names = {'ycb_003_cracker_box': (200, 20, 20), 'ycb_002_master_chef_can': (20, 40, 200)}
    folder = write_mesh_folder(tmp_path_factory.mktemp('meshes'), names)
    small = TabletopConfig(
        seed=3, width=96, height=72, frames=3, max_objects=8, pack='textured', assets=folder
    )
    try:
        Tabletop(small).close()
    except RendererError as error:
        pytest.skip(str(error))
    return small


def test_chosen_frames_are_of_the_same_film_to_the_pixel(config):
    with Tabletop(config) as table:
        film = list(table.film())  # finished by another thread
    with Tabletop(config) as table:
        (chosen,) = table.frames({2})
    assert np.array_equal(chosen.rgb, film[2].rgb)
    assert np.array_equal(chosen.ids, film[2].ids)


def test_things_are_called_by_the_pack_and_absent_ones_too(config):
    with Tabletop(config) as table:
        seen = next(iter(table))
        assert {item.noun for item in table.objects} <= {'box', 'can'}
        assert {noun.name for noun in table.nouns} == {'box', 'can'}
        assert set(np.unique(seen.ids)) <= {0, *(item.id for item in table.objects)}


def test_folder_of_backgrounds_is_checked(config, tmp_path):
    from dataclasses import replace

    with pytest.raises(AssetError, match='--backgrounds'):
        Tabletop(replace(config, backgrounds=tmp_path))
    with pytest.raises(ValueError, match='Backgrounds are for'):
        TabletopConfig(backgrounds=tmp_path)
