"""SAM 3's tracker becomes the start of a video half, every key accounted for."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from tracker_layout import upstream_neck, upstream_state, vision_neck
from upstream_checkpoint import as_checkpoint, light

from efficientsam3_ros.model.memory.config import sam3_memory
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.registry import student_config
from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.weights.conversion import convert_tracker
from efficientsam3_ros.model.weights.keys.key_rules import key_table
from efficientsam3_ros.model.weights.keys.tracker_keys import TRACKER_RULES
from efficientsam3_ros.model.weights.report import IncompleteError

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


def convert(tracker):
    return convert_tracker(tracker, sam3_memory('dense', layers=4))


def report_of(tracker):
    """Return the account of every key, which a refusal brings along."""
    with pytest.raises(IncompleteError) as refusal:
        convert({**tracker, 'tracker.surprise': torch.zeros(1)})
    return refusal.value.report


def test_everything_is_taken_or_left_for_a_reason(tracker):
    state, levels = convert(tracker)
    with torch.device('meta'):
        assert set(state) == set(VideoMemory(sam3_memory('dense', layers=4)).state_dict())
    assert not set(state) & set(levels)
    report = report_of(tracker)
    assert any('clicks' in reason for reason in report.unused.values())
    assert set(report.used) | set(report.unused) == set(tracker)
    assert report.unexpected == ['tracker.surprise'] and not report.missing


def test_the_neck_becomes_levels_of_the_student(tracker):
    student = Student(replace(student_config('es_ev_s'), tracker_neck=True))
    _, levels = convert(tracker)
    assert len(levels) == 18
    assert set(levels) == {k for k in student.state_dict() if '.tracker_layers.' in k}
    student.load_state_dict({**student.state_dict(), **levels}, strict=True)
    for level, part, ours in ((0, 'dconv_2x2_1', 'scale_layers.2'), (2, 'conv_3x3', 'proj2')):
        weight = student.state_dict()[f'{LEVELS}.{level}.{ours}.weight']
        assert torch.equal(weight, tracker[f'{NECK}.{level}.{part}.weight'])
    dropped = [k for k, why in report_of(tracker).unused.items() if 'dropped upstream' in why]
    assert dropped == [k for k in tracker if k.startswith(f'{NECK}.3.')]
    assert len(dropped) == 4


def test_a_neck_that_is_absent_is_refused(tracker):
    without = {key: value for key, value in tracker.items() if not key.startswith(NECK)}
    with pytest.raises(IncompleteError, match="18 keys of the tracker's neck are missing"):
        convert(without)


def test_layers_are_kept_in_their_order(tracker):
    state, _ = convert(tracker)
    for layer in range(4):
        taken = state[f'track_step.memory_attention.layers.{layer}.mlp.layers.0.weight']
        assert torch.equal(taken, tracker[f'{ATTENTION}.{layer}.linear1.weight'])


def test_missing_and_unknown_keys_are_refused(tracker):
    broken = dict(tracker)
    del broken[f'{ATTENTION}.3.norm1.weight']
    broken['tracker.surprise'] = torch.zeros(1)
    with pytest.raises(IncompleteError) as refusal:
        convert(broken)
    assert refusal.value.report.missing == [f'{ATTENTION}.3.norm1.weight']
    assert refusal.value.report.unexpected == ['tracker.surprise']
    assert 'tracker.surprise' not in refusal.value.report.used


def test_other_shapes_are_refused(tracker):
    broken = dict(tracker) | {'tracker.maskmem_tpos_enc': torch.zeros(5, 1, 1, 64)}
    with pytest.raises(
        IncompleteError, match=r'is \(5, 1, 1, 64\), the network needs \(7, 1'
    ) as e:
        convert(broken)
    assert 'tracker.maskmem_tpos_enc' not in e.value.report.used
    assert not e.value.report.missing


@pytest.mark.parametrize('key', ['tracker.no_obj_ptr', f'{NECK}.0.conv_1x1.bias'])
def test_diverged_weights_are_refused(tracker, key):
    broken = dict(tracker) | {key: torch.full_like(tracker[key], float('nan'))}
    with pytest.raises(IncompleteError, match='not finite'):
        convert(broken)


def test_names_lead_back(tracker):
    state, levels = convert(tracker)
    back = as_checkpoint(key_table(TRACKER_RULES, {**state, **levels}), {**state, **levels})
    assert all(torch.equal(tensor, tracker[key]) for key, tensor in back.items())
    assert len(back) == len(state) + len(levels)
