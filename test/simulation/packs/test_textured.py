"""The pack of scans: its words, its folder, and what is wrong with a folder."""

from __future__ import annotations

from mesh_folder import write_mesh_folder
import numpy as np
import pytest

from efficientsam3_ros.simulation.packs.mesh import AssetError
from efficientsam3_ros.simulation.packs.textured import TexturedPack
from efficientsam3_ros.simulation.packs.textured_words import UNUSED, WORDS
from efficientsam3_ros.simulation.registry import PACKS, PHOTO_PACKS, find_pack
from efficientsam3_ros.simulation.vocabulary import SPLITS

BOWL, BOX, OTHER = 'ycb_024_bowl', 'ycb_003_cracker_box', 'my_tea-pot'
COLORS = {BOWL: (150, 20, 20), BOX: (200, 20, 20), OTHER: (20, 60, 180)}


@pytest.fixture
def folder(tmp_path):
    return write_mesh_folder(tmp_path / 'meshes', COLORS)


def form(pack, noun, color):
    return pack.form(noun, color, np.random.default_rng(0))[0]


def test_scans_have_the_words_of_the_table_and_others_those_of_their_files(folder):
    pack = TexturedPack(folder)
    found = {noun.shape: noun for noun in pack.nouns()}
    assert found[BOX].name == 'box' and 'carton' in found[BOX].also and found[BOX].patterned
    assert (found[OTHER].name, found[OTHER].colors) == ('my tea pot', ('blue',))
    (note,) = pack.notes
    assert f'{OTHER} = blue my tea pot' in note and BOX not in note


def test_meshes_stand_on_the_middle_of_their_footprint(folder):
    pack = TexturedPack(folder)
    mesh = form(pack, next(n for n in pack.nouns() if n.shape == BOX), 'red')
    assert np.allclose(mesh.vertices.min(0), [-0.04, -0.04, 0]) and not mesh.plain


def test_scans_of_one_color_are_drawn_in_others(folder):
    pack = TexturedPack(folder)
    bowl = next(n for n in pack.nouns() if n.shape == BOWL)
    assert not bowl.patterned
    red, green, blue = form(pack, bowl, 'blue').image.reshape(-1, 3).mean(0)
    assert blue > 2 * red and blue > 2 * green


@pytest.mark.parametrize('damage', ['index.json', f'{BOX}.npz', f'{BOX}.jpg'])
def test_missing_files_name_the_page_of_the_layout(folder, damage):
    (folder / damage).unlink()
    with pytest.raises(AssetError, match=r'docs/real_data\.md'):
        TexturedPack(folder)


def test_damaged_mesh_is_one_sentence(folder):
    np.savez(folder / f'{BOX}.npz', v=np.zeros((3, 3)), uv=np.zeros((3, 2)), f=[[0, 1, 9]])
    pack = TexturedPack(folder)
    noun = next(n for n in pack.nouns() if n.shape == BOX)
    with pytest.raises(AssetError, match='f names vertices'):
        form(pack, noun, 'red')


def test_without_a_folder_the_option_is_named():
    with pytest.raises(AssetError, match='--assets'):
        find_pack('textured')


def test_every_scan_is_named_or_left_out_once():
    assert not set(WORDS) & UNUSED
    assert all(noun.noun.shape == key for key, noun in WORDS.items())


def test_packs_are_of_one_kind(folder):
    for name in PACKS:
        try:
            pack = find_pack(name, folder if name == 'textured' else None)
            nouns = pack.nouns()
        except AssetError:  # optional packages
            continue
        assert pack.name == name and nouns and set(pack.splits) <= set(SPLITS)
        assert (pack.look == 'photo') == (name in PHOTO_PACKS)
