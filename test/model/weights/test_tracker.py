"""SAM 3's tracker becomes the start of a video half, every key accounted for."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from efficientsam3_ros.model.memory.config import sam3_memory
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.registry import student_config
from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.weights.keys.tracker_keys import TRACKER_KEYS
from efficientsam3_ros.model.weights.report import IncompleteError
from efficientsam3_ros.model.weights.tracker import convert_tracker
from test.support.tracker_layout import upstream_neck, upstream_state, vision_neck
from test.support.upstream_checkpoint import light

ATTENTION = 'tracker.transformer.encoder.layers'
NECK = 'backbone.vision_backbone.sam2_convs'
LEVELS = 'image_encoder.neck.tracker_layers'


@pytest.fixture(scope='module')
def tracker() -> dict[str, torch.Tensor]:
    """Return all of SAM 3's tracker keys with their shapes, each filled with its own number."""
    pytest.importorskip('transformers')
    from transformers import Sam3TrackerVideoConfig, Sam3TrackerVideoModel

    with torch.device('meta'):
        model = Sam3TrackerVideoModel(Sam3TrackerVideoConfig(), remove_vision_encoder=True)
        neck = vision_neck(256)
    keys = upstream_state(model.state_dict()) | upstream_neck(neck.state_dict())
    return {key: light(tuple(t.shape), n) for n, (key, t) in enumerate(keys.items())}


def test_published_number_of_keys(tracker):
    assert len([key for key in tracker if key.startswith('tracker.')]) == 309
    assert len(tracker) == 309 + 22


def test_everything_but_the_perceiver_is_taken(tracker):
    config = sam3_memory(layers=4)
    found = convert_tracker(tracker, config)
    with torch.device('meta'):
        ours = set(VideoMemory(config).state_dict())
    assert set(found.state) | set(found.fresh) == ours
    assert not set(found.state) & set(found.fresh)
    assert all(key.startswith('memorise.perceiver.') for key in found.fresh)
    reasons = set(found.report.unused.values())
    assert any('clicks' in reason for reason in reasons)
    assert set(found.report.used) | set(found.report.unused) == set(tracker)


def test_the_neck_becomes_levels_of_the_student(tracker):
    student = Student(replace(student_config('es_ev_s'), tracker_neck=True))
    found = convert_tracker(tracker, sam3_memory())
    assert len(found.neck) == 18
    assert set(found.neck) == {k for k in student.state_dict() if '.tracker_layers.' in k}
    student.load_state_dict({**student.state_dict(), **found.neck}, strict=True)
    for level, part, ours in ((0, 'dconv_2x2_1', 'scale_layers.2'), (2, 'conv_3x3', 'proj2')):
        weight = student.state_dict()[f'{LEVELS}.{level}.{ours}.weight']
        assert torch.equal(weight, tracker[f'{NECK}.{level}.{part}.weight'])
    dropped = [k for k, why in found.report.unused.items() if 'dropped upstream' in why]
    assert dropped == [k for k in tracker if k.startswith(f'{NECK}.3.')]
    assert len(dropped) == 4


def test_a_neck_that_is_needed_and_absent_is_refused(tracker):
    without = {key: value for key, value in tracker.items() if not key.startswith(NECK)}
    with pytest.raises(IncompleteError, match="18 keys of the tracker's neck are missing"):
        convert_tracker(without, sam3_memory())
    # A lean neck has one set of levels for both.
    found = convert_tracker(tracker, sam3_memory(), neck=False)
    assert not found.neck
    assert len([k for k, why in found.report.unused.items() if 'levels serve' in why]) == 22


def test_dense_memory_starts_complete(tracker):
    found = convert_tracker(tracker, sam3_memory('dense', layers=4))
    assert not found.fresh
    assert found.report.complete


def test_chosen_layers_are_kept(tracker):
    found = convert_tracker(tracker, sam3_memory(layers=2), layers=(1, 3))
    key = 'layers.{}.linear1.weight'
    for ours, theirs in ((0, 1), (1, 3)):
        taken = found.state[f'track_step.memory_attention.layers.{ours}.mlp.layers.0.weight']
        assert torch.equal(taken, tracker[f'tracker.transformer.encoder.{key.format(theirs)}'])
    left = [k for k in found.report.unused if k.startswith(f'{ATTENTION}.0.')]
    assert len(left) == len([k for k in tracker if k.startswith(f'{ATTENTION}.0.')])


@pytest.mark.parametrize('layers', [(0,), (1, 1)])
def test_number_of_layers_is_checked(tracker, layers):
    with pytest.raises(ValueError, match='has 2 memory attention layers'):
        convert_tracker(tracker, sam3_memory(layers=2), layers=layers)


def test_missing_and_unknown_keys_are_refused(tracker):
    broken = dict(tracker)
    del broken[f'{ATTENTION}.3.norm1.weight']
    broken['tracker.surprise'] = torch.zeros(1)
    with pytest.raises(IncompleteError) as refusal:
        convert_tracker(broken, sam3_memory(layers=2), layers=(0, 3))
    assert refusal.value.report.missing == [f'{ATTENTION}.3.norm1.weight']
    assert refusal.value.report.unexpected == ['tracker.surprise']
    assert 'tracker.surprise' not in refusal.value.report.used


def test_other_shapes_are_refused(tracker):
    broken = dict(tracker) | {'tracker.maskmem_tpos_enc': torch.zeros(5, 1, 1, 64)}
    with pytest.raises(
        IncompleteError, match=r'is \(5, 1, 1, 64\), the network needs \(7, 1'
    ) as e:
        convert_tracker(broken, sam3_memory())
    assert 'tracker.maskmem_tpos_enc' not in e.value.report.used
    assert not e.value.report.missing


@pytest.mark.parametrize('key', ['tracker.no_obj_ptr', f'{NECK}.0.conv_1x1.bias'])
def test_diverged_weights_are_refused(tracker, key):
    broken = dict(tracker) | {key: torch.full_like(tracker[key], float('nan'))}
    with pytest.raises(IncompleteError, match='not finite'):
        convert_tracker(broken, sam3_memory())


def test_names_lead_back(tracker):
    found = convert_tracker(tracker, sam3_memory(layers=4))
    state = {**found.state, **found.neck}
    back = TRACKER_KEYS.to_theirs(state)
    assert all(torch.equal(tensor, tracker[key]) for key, tensor in back.items())
    assert len(back) == len(state)
