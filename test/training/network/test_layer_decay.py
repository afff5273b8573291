"""Early layers of a trunk learn more slowly, and nothing learns twice or not at all."""

from __future__ import annotations

import pytest

pytest.importorskip('torch')
pytest.importorskip('timm')

import torch
from torch import nn

from efficientsam3_ros.model.image.student_image_encoder import StudentImageEncoder
from efficientsam3_ros.model.image.trunks import TRUNKS
from training.network.layer_decay import decayed_rates, trunk_layers
from training.network.trained_parts import TrainedPart, freeze_all_but
from training.runtime.schedule import parameter_groups

TRUNK = 'image_encoder.trunk'


class Whole(nn.Module):
    """A student's image encoder, and a detector behind it."""

    def __init__(self, trunk: str) -> None:
        super().__init__()
        with torch.device('meta'):
            self.image_encoder = StudentImageEncoder(TRUNKS[trunk], 'lean', 112)
            self.detector = nn.Linear(4, 4)


def rates_by_name(network: nn.Module, parts: list[TrainedPart]) -> dict[str, float]:
    """Return the peak rate of each parameter that the optimizer gets, a rate of 1 decayed."""
    freeze_all_but(network, parts)
    groups = parameter_groups(decayed_rates(network, parts, TRUNK, 0.5), 1.0, 0.1)
    names = {id(p): name for name, p in network.named_parameters()}
    pairs = [(names[id(p)], group['peak']) for group in groups for p in group['params']]
    assert len(dict(pairs)) == len(pairs), 'a parameter is in two groups'
    return dict(pairs)


@pytest.mark.parametrize('trunk', TRUNKS)
def test_each_parameter_is_in_one_group_and_deeper_ones_learn_faster(trunk):
    network = Whole(trunk)
    rates = rates_by_name(network, [TrainedPart('image_encoder', 0.5), TrainedPart('detector')])
    assert rates.keys() == {name for name, _ in network.named_parameters()}
    layers = trunk_layers(network.image_encoder.trunk)
    # Registered in the order in which the image passes them.
    own = [rate for name, rate in rates.items() if name.startswith(f'{TRUNK}.')]
    in_order = [
        rates[f'{TRUNK}.{name}'] for name, _ in network.image_encoder.trunk.named_parameters()
    ]
    assert in_order == sorted(in_order) and len(set(own)) == len(layers)
    assert max(own) == 0.25 and min(own) == 0.5 * 0.5 ** len(layers)
    behind = {rate for name, rate in rates.items() if '.neck.' in name}
    assert behind == {0.5} and rates['detector.weight'] == 1


def test_layers_are_counted_from_the_stem_to_the_last_block():
    layers = trunk_layers(Whole('repvit_m0_9').image_encoder.trunk)
    # Stem, 2 + 2 + 14 + 2 blocks, three stage changes with weights.
    assert len(layers) == 1 + 20 + 3
    assert layers[:4] == ['stem', 'stages.0.blocks.0', 'stages.0.blocks.1', 'stages.1.downsample']


def test_what_is_frozen_is_in_no_group_and_a_part_inside_keeps_its_depth():
    network = Whole('efficientvit_b0')
    last = f'{TRUNK}.stages.3'
    rates = rates_by_name(network, [TrainedPart(last)])
    assert rates and all(name.startswith(last) for name in rates)
    inside = f'{last}.blocks.1'
    alone = rates_by_name(network, [TrainedPart(f'{inside}.local_module')])
    assert set(alone.values()) == {rates[next(n for n in rates if n.startswith(inside))]} == {0.25}
    rest = rates_by_name(network, [TrainedPart('image_encoder.neck'), TrainedPart('detector')])
    assert rest and not any(name.startswith(TRUNK) for name in rest)
