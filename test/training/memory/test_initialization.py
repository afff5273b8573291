"""Before any training, a memory finds what looks like what it holds."""

from __future__ import annotations

from dataclasses import replace

from clip_files import tiny_memory
from memory_run import ENCODER, dataset, trainer, whole_clip
import pytest
import torch

from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from training.data.clips.clip_batch import ClipBatch
from training.data.clips.clips import sample_levels
from training.memory.initialization import initialize_by_appearance
from training.memory.transfer import object_direction
from training.memory.weights import save_memory
from training.network.initial_weights import WeightError


def test_by_appearance_a_cell_reads_the_cells_that_look_like_it(clips):
    """Before any training, a frame's mask can be found in what it reads of itself."""
    network = VideoMemory(replace(tiny_memory('dense'), attention_layers=2))
    torch.manual_seed(0)
    initialize_by_appearance(network, sample_levels(dataset(clips, 2)))
    memory = network.memorise
    frame = whole_clip(clips).frame(0)[-1]
    seen = memory.memory_encoder(
        memory.level_norm(frame), torch.full((1, 24, 32), -10.0), torch.ones(1)
    )
    tokens = network.track_step.level_norms[2](frame).flatten(2).transpose(1, 2)
    for layer in network.track_step.memory_attention.layers:
        keys = layer.cross_attn.k_proj(seen.flatten(2).transpose(1, 2)[0])
        queries = layer.cross_attn.q_proj(layer.norm2(tokens))[0]
        reading = (queries @ keys.T / 8).softmax(1)
        for mask in whole_clip(clips).masks[0]:
            cover = torch.nn.functional.adaptive_avg_pool2d(mask[None], (3, 4)).flatten()
            found = reading @ cover
            assert found @ cover / cover.sum() > 1.5 * found[cover == 0].mean()


def test_a_memory_of_a_larger_image_begins_on_its_own_grid(clips):
    large = replace(tiny_memory(), level_grid=(6, 8))
    torch.manual_seed(0)
    levels = tuple(
        torch.randn(4, channels, *size)
        for channels, size in zip(large.level_channels, large.level_sizes)
    )
    network = VideoMemory(large)
    initialize_by_appearance(network, levels)
    assert all(value.isfinite().all() for value in network.state_dict().values())
    seen = network.memorise.level_norm(torch.nn.functional.avg_pool2d(levels[-1], 2))
    torch.testing.assert_close(seen.std((0, 2, 3)), torch.ones(96), atol=0.01, rtol=0)
    truth = torch.zeros(4, 4, 48, 64)
    truth[..., 12:30, 20:40] = 1
    shares = torch.full((4, 4), 0.1)
    four = tuple(x[None] for x in levels)
    batch = ClipBatch(four, truth, truth, shares, torch.ones(4))
    assert object_direction(network.memorise, batch).norm() == pytest.approx(1)


def test_another_shape_is_not_started_by_appearance(clips):
    narrow = VideoMemory(replace(tiny_memory(), attention_width=32))
    with pytest.raises(ValueError, match='as wide as a memory token'):
        initialize_by_appearance(narrow, ())


def test_a_perceiver_starts_from_a_dense_memory(clips, memory_config, tmp_path):
    path = tmp_path / 'dense.pt'
    dense = VideoMemory(tiny_memory('dense'))
    save_memory(path, dense.config, ENCODER, dense.state_dict())
    run = trainer(replace(memory_config, initialize_from=str(path)), tmp_path / 'run')
    state = run.network.state_dict()
    for name, value in dense.state_dict().items():
        assert torch.equal(state[name], value), name
    direction = object_direction(run.network.memorise, whole_clip(clips))
    assert direction.norm() == pytest.approx(1)
    latents = run.network.memorise.perceiver.global_latents
    likeness = torch.nn.functional.cosine_similarity(latents, direction[None])
    assert likeness[0] > 0.5 > -0.5 > likeness[1]
    wide = replace(tiny_memory('dense'), memory_width=32)
    save_memory(path, wide, ENCODER, VideoMemory(wide).state_dict())
    with pytest.raises(WeightError, match='cannot start from'):
        trainer(replace(memory_config, initialize_from=str(path)), tmp_path / 'other')


def test_a_memory_of_an_earlier_encoder_is_a_start_but_no_teacher(clips, memory_config, tmp_path):
    path, earlier = tmp_path / 'earlier.pt', replace(ENCODER, image_encoder='0' * 64)
    torch.manual_seed(3)
    memory = VideoMemory(memory_config.memory)
    save_memory(path, memory.config, earlier, memory.state_dict())
    run = trainer(replace(memory_config, initialize_from=str(path)), tmp_path / 'run')
    for name, value in memory.state_dict().items():
        assert torch.equal(run.network.state_dict()[name], value), name
    with pytest.raises(WeightError, match='another image encoder'):
        trainer(replace(memory_config, teacher=str(path)), tmp_path / 'taught')
