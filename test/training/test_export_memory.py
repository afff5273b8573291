"""Adding a memory to a bundle."""

from __future__ import annotations

from dataclasses import replace
import shutil

import pytest
import torch

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.memory.config import nano_memory
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.data.clips.clip_features import EncoderIdentity
from training.export_memory import main
from training.memory.weights import save_memory

BUNDLE = find_bundle('nano_tabletop')


def write_memory(path, encoder: EncoderIdentity) -> None:
    torch.manual_seed(0)
    network = VideoMemory(nano_memory())
    save_memory(path, network.config, encoder, network.state_dict())


@pytest.mark.slow
def test_a_bundle_gains_a_memory_and_keeps_its_other_graphs(tmp_path):
    before = Manifest.load(BUNDLE)
    write_memory(tmp_path / 'memory.pt', EncoderIdentity.of(before))
    arguments = ['--weights', str(tmp_path / 'memory.pt'), '--bundle', str(BUNDLE)]
    assert main([*arguments, '--out', str(tmp_path / 'bundle'), '--max-objects', '6']) == 0
    after = Manifest.load(tmp_path / 'bundle')
    assert after.memory is not None and after.memory.latents == 37
    assert after.bounds['objects'] == 6 and after.bounds['prompts'] == before.bounds['prompts']
    for name in ('image_encoder', 'text_encoder', 'detector'):
        assert after.graphs[name] == before.graphs[name]
        assert after.parity[name] == before.parity[name]
    assert max(after.parity['track_step'], after.parity['memorise']) < 1e-4


def test_a_memory_of_another_encoder_is_not_added(tmp_path, capsys):
    folder = shutil.copytree(BUNDLE, tmp_path / 'bundle')
    before = (folder / 'manifest.json').read_bytes()
    strange = replace(EncoderIdentity.of(Manifest.load(folder)), image_encoder='0' * 64)
    write_memory(tmp_path / 'memory.pt', strange)
    arguments = ['--weights', str(tmp_path / 'memory.pt'), '--bundle', str(folder)]
    assert main(arguments) == 2
    assert 'another image encoder' in capsys.readouterr().err
    assert (folder / 'manifest.json').read_bytes() == before
