"""Spatial Perceiver and its memory attention against EdgeTAM in transformers; its own promises."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny_sam3 import randomize
import torch
from tracker_layout import relative

from efficientsam3_ros.model.memory.attention import MemoryAttention
from efficientsam3_ros.model.memory.bank import MemoryTokens
from efficientsam3_ros.model.memory.config import MemoryConfig, nano_memory
from efficientsam3_ros.model.memory.part_configs import PerceiverConfig
from efficientsam3_ros.model.memory.perceiver import SpatialPerceiver

WIDTH, GRID = 128, 6
_PERCEIVER_NAMES = (
    ('latents_1d', 'global_latents'),
    ('latents_2d', 'windowed_latents'),
    ('layer_norm_input', 'norm_memory'),
    ('layer_norm_latents', 'norm_latents'),
    ('layer_norm_self', 'norm_self'),
    ('cross_attention', 'cross_attn'),
    ('self_attention', 'self_attn'),
    ('up_proj', 'up'),
    ('down_proj', 'down'),
    ('layer_norm', 'norm'),
)
_ATTENTION_NAMES = (
    ('cross_attn_image', 'cross_attn'),
    ('mlp.up_proj', 'mlp.layers.0'),
    ('mlp.down_proj', 'mlp.layers.1'),
    ('layer_norm', 'norm'),
)


def config(heads: int = 1) -> MemoryConfig:
    return MemoryConfig(
        grid=(GRID, GRID),
        width=WIDTH,
        attention_width=WIDTH,
        feedforward=32,
        conditioning_slots=1,
        recent_slots=2,
        perceiver=PerceiverConfig(5, (3, 3), heads=heads, expansion=2, mixing='separate'),
    )


def edgetam_config():
    transformers = pytest.importorskip('transformers')
    found = transformers.EdgeTamVideoConfig(
        memory_attention_hidden_size=WIDTH,
        memory_attention_mlp_hidden_size=32,
        memory_attention_rope_feat_sizes=[GRID, GRID],
        memory_attention_rope_k_sizes=[3, 3],
        perceiver_resampler_num_latents=5,
        perceiver_resampler_num_latents_2d=9,
        perceiver_resampler_mlp_intermediate_size=128,
    )
    found._attn_implementation = 'eager'
    return found


def renamed(state, names):
    found = {}
    for key, tensor in state.items():
        for theirs, ours in names:
            key = key.replace(theirs, ours)
        found[key] = tensor
    return found


def test_equals_edgetam():
    edgetam = edgetam_config()
    from transformers.models.edgetam_video import modeling_edgetam_video as reference

    theirs = reference.EdgeTamVideoPerceiverResampler(edgetam).eval()
    randomize(theirs)
    ours = SpatialPerceiver(config()).eval()
    ours.load_state_dict(renamed(theirs.state_dict(), _PERCEIVER_NAMES))
    memory = torch.randn(2, 64, GRID, GRID)
    sine = theirs.positional_encoding(torch.Size((1, 64, GRID, GRID)), 'cpu', torch.float32)
    with torch.inference_mode():
        # The reference takes one object at a time.
        expected = torch.cat([theirs(one[None], sine)[0] for one in memory])
        assert relative(ours(memory), expected) < 1e-5


def test_memory_attention_equals_edgetam():
    edgetam = edgetam_config()
    from transformers.models.edgetam_video import modeling_edgetam_video as reference

    theirs = reference.EdgeTamVideoMemoryAttention(edgetam).eval()
    randomize(theirs)
    sizes = config()
    ours = MemoryAttention(sizes).eval()
    ours.load_state_dict(renamed(theirs.state_dict(), _ATTENTION_NAMES))
    keys, values = torch.randn(2, 3, 14, 64), torch.randn(2, 3, 14, 64)
    pointer_keys, pointers = torch.randn(2, 4, 64), torch.randn(2, 4, 64)
    frame = torch.randn(1, GRID * GRID, WIDTH)
    tokens = MemoryTokens(
        keys, values, pointer_keys, pointers, torch.zeros(2, 1, 1, 46), torch.ones(2, 1, 1)
    )
    with torch.inference_mode():
        found = ours(frame, tokens)
        for row in range(2):
            memory = torch.cat([values[row].flatten(0, 1), pointers[row]])[:, None]
            placed = torch.cat([keys[row].flatten(0, 1), pointer_keys[row]])[:, None]
            expected = theirs(
                current_vision_features=frame.transpose(0, 1),
                current_vision_position_embeddings=ours.position.transpose(0, 1) * 10,
                memory=memory,
                memory_posision_embeddings=placed - memory,
                num_object_pointer_tokens=4,
                num_spatial_memory_tokens=3,
            )
            assert relative(found[row], expected.reshape(GRID * GRID, WIDTH)) < 1e-5


def perceiver(mixing: str, heads: int = 2) -> SpatialPerceiver:
    torch.manual_seed(0)
    sizes = replace(nano_memory().perceiver, mixing=mixing, heads=heads)
    return SpatialPerceiver(replace(nano_memory(), perceiver=sizes)).eval()


def test_windowed_latent_sees_its_own_window_only():
    compress, memory = perceiver('separate'), torch.randn(1, 64, 15, 20)
    touched = memory.clone()
    touched[:, :, 3:6, 4:8] = torch.randn(64, 3, 4)  # second window of the second row
    with torch.inference_mode():
        change = (compress(touched) - compress(memory)).abs().amax(-1)[0]
    assert change[:12].min() > 1e-5, 'global latents see everything'
    assert (change[12:] > 0).nonzero().flatten().tolist() == [5 + 1]


def test_joint_latents_talk_to_each_other():
    compress, memory = perceiver('joint'), torch.randn(1, 64, 15, 20)
    touched = memory.clone()
    touched[:, :, 3:6, 4:8] = torch.randn(64, 3, 4)
    with torch.inference_mode():
        change = (compress(touched) - compress(memory)).abs().amax(-1)[0]
    assert change.min() > 1e-5
    assert change[12:].argmax() == 6


@pytest.mark.parametrize('placed', [False, True])
def test_window_positions_tell_where_in_its_window_a_thing_lies(placed):
    torch.manual_seed(0)
    sizes = replace(nano_memory().perceiver, mixing='separate', window_positions=placed)
    compress = SpatialPerceiver(replace(nano_memory(), perceiver=sizes)).eval()
    maps, thing = torch.zeros(2, 64, 15, 20), torch.randn(64)
    maps[0, :, 3, 4] = thing
    maps[1, :, 5, 7] = thing  # the opposite corner of the same window
    with torch.inference_mode():
        latents = compress(maps)[:, 12:]
    assert ((latents[0] - latents[1])[6].abs().max() > 1e-3) == placed


def test_objects_do_not_mix():
    compress, memory = perceiver('joint'), torch.randn(3, 64, 15, 20)
    with torch.inference_mode():
        together, alone = compress(memory), compress(memory[1:2])
    assert torch.allclose(together[1:2], alone, atol=1e-6)


@pytest.mark.parametrize('windows', [(16, 16), (5, 6), (0, 5)])
def test_windows_that_do_not_divide_the_grid_are_refused(windows):
    with pytest.raises(ValueError, match=rf'{windows[0]}x{windows[1]} windows .* of 15x20'):
        replace(nano_memory(), perceiver=PerceiverConfig(windows=windows))
