"""Weights of a classifier fill the trunk, all of it."""

from __future__ import annotations

import pytest
from safetensors.torch import save_file
import torch

from efficientsam3_ros.model.image.trunks import TRUNKS, Trunk
from training.encoder.initial import load_classifier
from training.network.initial_weights import WeightError


@pytest.mark.parametrize('suffix', ['safetensors', 'pt'])
def test_a_classifier_fills_the_trunk_and_its_last_layers_are_left(tmp_path, suffix):
    trunk, other = Trunk(TRUNKS['efficientvit_b0']), Trunk(TRUNKS['efficientvit_b0'])
    state = {k: v.clone() for k, v in other.state_dict().items()}
    classifier = state | {'head.classifier.weight': torch.zeros(3, 3)}
    path = tmp_path / f'trunk.{suffix}'
    save_file(classifier, path) if suffix == 'safetensors' else torch.save(classifier, path)
    load_classifier(trunk, path)
    assert all(torch.equal(value, state[name]) for name, value in trunk.state_dict().items())


def test_another_or_a_damaged_file_is_refused(tmp_path):
    trunk = Trunk(TRUNKS['efficientvit_b0'])
    path = tmp_path / 'trunk.pt'
    torch.save({k: v for k, v in trunk.state_dict().items() if 'stages.3' not in k}, path)
    with pytest.raises(WeightError, match=r'(?s)efficientvit_b0.*Missing key'):
        load_classifier(trunk, path)
    path.write_bytes(b'no file')
    with pytest.raises(WeightError, match='does not fit'):
        load_classifier(trunk, path)
    with pytest.raises(WeightError, match='does not exist'):
        load_classifier(trunk, tmp_path / 'none.pt')
