"""Adding a memory to a bundle."""

from __future__ import annotations

from dataclasses import replace
import shutil
from types import SimpleNamespace

import pytest
import torch

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.memory.config import nano_memory
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.data.clips.clip_features import EncoderIdentity
import training.export_memory
from training.export_memory import main
from training.memory.weights import save_memory

BUNDLE = find_bundle()


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


def test_a_bundle_that_is_extended_is_kept_as_it_was(tmp_path, monkeypatch):
    folder = shutil.copytree(BUNDLE, tmp_path / 'bundle')
    before = (folder / 'manifest.json').read_bytes()
    weights = tmp_path / 'memory.pt'
    weights.write_bytes(b'')

    def add_memory(part, weights, options):
        (part / 'manifest.json').write_text('new')
        return SimpleNamespace(parity={'track_step': 0.0, 'memorise': 0.0})

    monkeypatch.setattr(training.export_memory, 'add_memory', add_memory)
    arguments = ['--weights', str(weights), '--bundle', str(folder)]
    assert main(arguments) == 0
    assert (folder / 'manifest.json').read_text() == 'new'
    assert (tmp_path / 'bundle.before-memory' / 'manifest.json').read_bytes() == before
    for place in (folder, tmp_path):
        assert main([*arguments, '--out', str(place), '--force']) == 2
    assert weights.exists() and (folder / 'manifest.json').read_text() == 'new'


def test_a_memory_of_another_encoder_is_not_added(tmp_path, capsys):
    folder = shutil.copytree(BUNDLE, tmp_path / 'bundle')
    before = (folder / 'manifest.json').read_bytes()
    strange = replace(EncoderIdentity.of(Manifest.load(folder)), image_encoder='0' * 64)
    write_memory(tmp_path / 'memory.pt', strange)
    arguments = ['--weights', str(tmp_path / 'memory.pt'), '--bundle', str(folder)]
    assert main(arguments) == 2
    assert 'another image encoder' in capsys.readouterr().err
    assert (folder / 'manifest.json').read_bytes() == before
