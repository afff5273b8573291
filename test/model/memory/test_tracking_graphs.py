"""The two halves of tracking: what a memory does to the result, and what must not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.export.memory_export import example_bank, example_levels
from efficientsam3_ros.model.memory.bank import MemoryBank
from efficientsam3_ros.model.memory.config import MemoryConfig, nano_memory, sam3_memory
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory

KINDS = ('perceiver', 'dense')


def network(config: MemoryConfig) -> VideoMemory:
    torch.manual_seed(0)
    return VideoMemory(config).eval()


def tracked(net: VideoMemory, bank: MemoryBank, levels=None) -> tuple[Tensor, ...]:
    torch.manual_seed(1)
    levels = levels or example_levels(net.config)
    with torch.inference_mode():
        return net.track_step(*levels.values(), *vars(bank).values())


@pytest.mark.parametrize('kind', KINDS)
def test_sizes(kind):
    config = nano_memory(kind)
    net, bank = network(config), example_bank(config, 3)
    masks, quality, score, pointer = tracked(net, bank)
    assert masks.shape == (3, *config.mask_size)
    assert quality.shape == score.shape == (3,)
    for probability in (quality, score):
        assert probability.min() >= 0
        assert probability.max() <= 1
    assert pointer.shape == (3, config.width)
    with torch.inference_mode():
        latents = net.memorise(example_levels(config)['level_2'], masks, score)
    assert latents.shape == (3, config.latents, 64)
    assert sum(p.numel() for p in net.parameters()) < 1.5e6


def test_a_larger_image_is_brought_to_the_memorys_grid():
    config = nano_memory(level_grid=(20, 26))
    net, bank = network(config), example_bank(config, 2)
    levels = example_levels(config)
    assert [tuple(x.shape[-2:]) for x in levels.values()] == [(160, 208), (40, 52), (20, 26)]
    masks, _, score, pointer = tracked(net, bank, levels)
    assert masks.shape == (2, 160, 208)
    with torch.inference_mode():
        latents = net.memorise(levels['level_2'], masks, score)
    assert latents.shape == (2, nano_memory().latents, 64)
    # The same network on levels that had its size from the beginning finds the same object.
    same = network(nano_memory(level_grid=None))
    same.load_state_dict(net.state_dict())
    sizes = zip(levels.items(), same.config.level_sizes)
    shrunk = {n: F.interpolate(x, s, mode='bilinear') for (n, x), s in sizes}
    torch.testing.assert_close(tracked(same, bank, shrunk)[3], pointer)


def test_perceiver_needs_an_eighth_of_the_tokens():
    assert nano_memory('perceiver').latents * 8 <= nano_memory('dense').latents
    assert sam3_memory('perceiver').latents * 8 <= sam3_memory('dense').latents
    # Section 5.5 of the published cost: 7 frames of 5184 tokens and 16 pointers of 4.
    seven = replace(sam3_memory('dense'), conditioning_slots=1)
    assert seven.bank_tokens == 36352


@pytest.mark.parametrize('kind', KINDS)
def test_empty_slots_do_not_matter(kind):
    config = nano_memory(kind)
    net, bank = network(config), example_bank(config, 3)
    slots, pointers = bank.memory_valid[..., None, None], bank.pointer_valid[..., None]
    cleaned = replace(bank, memory=bank.memory * slots, pointers=bank.pointers * pointers)
    for a, b in zip(tracked(net, bank), tracked(net, cleaned)):
        assert torch.isfinite(a).all()
        assert torch.allclose(a, b, atol=1e-6)


@pytest.mark.parametrize('kind', KINDS)
def test_objects_do_not_see_each_other(kind):
    config = nano_memory(kind)
    net, bank = network(config), example_bank(config, 3)
    together = tracked(net, bank)
    for row in range(3):
        one = MemoryBank(*(x[row : row + 1] for x in vars(bank).values()))
        for a, b in zip(together, tracked(net, one)):
            assert torch.allclose(a[row : row + 1], b, atol=1e-5)


def test_order_of_recent_frames_matters_and_conditioning_is_a_set():
    config = nano_memory()
    net = network(config)
    torch.nn.init.normal_(net.track_step.temporal_code.slots)
    full = replace(example_bank(config, 1), memory_valid=torch.ones(1, config.slots))
    masks = tracked(net, full)[0]
    swapped = full.memory[:, [1, 0, 2, 3, 4, 5]]
    assert torch.allclose(masks, tracked(net, replace(full, memory=swapped))[0], atol=1e-5)
    swapped = full.memory[:, [0, 1, 3, 2, 4, 5]]
    assert not torch.allclose(masks, tracked(net, replace(full, memory=swapped))[0], atol=1e-4)


def test_export_and_training_agree():
    config = nano_memory()
    net, bank = network(config), example_bank(config, 3)
    masks, quality, score, pointer = tracked(net, bank)
    torch.manual_seed(1)
    with torch.inference_mode():
        found = net.track_step.hypotheses(*example_levels(config).values(), bank)
    best = found.qualities.argmax(1)
    rows = torch.arange(3)
    assert found.mask_logits.shape == (3, 3, *config.mask_size)
    assert torch.allclose(found.mask_logits[rows, best], masks, atol=1e-5)
    assert torch.allclose(found.qualities[rows, best], quality)
    assert torch.allclose(found.pointers[rows, best], pointer, atol=1e-6)
    assert torch.allclose(found.object_logits.sigmoid(), score)


def test_absent_object_gets_the_pointer_of_absence():
    config = nano_memory()
    net, bank = network(config), example_bank(config, 2)
    with torch.no_grad():
        net.track_step.mask_decoder.object_head.last.bias.fill_(-1e3)
    *_, score, pointer = tracked(net, bank)
    assert score.max() < 1e-6
    assert torch.equal(pointer, net.track_step.no_pointer.expand(2, -1))


@pytest.mark.parametrize('kind', KINDS)
def test_hidden_object_leaves_an_empty_mask_in_memory(kind):
    config = nano_memory(kind)
    net = network(config)
    level = example_levels(config)['level_2']
    masks = torch.randn(1, *config.mask_size)
    seen, gone = torch.tensor([0.9]), torch.tensor([0.2])
    with torch.inference_mode():
        hidden = net.memorise(level, masks, gone)
        assert torch.equal(hidden, net.memorise(level, masks * -3, gone))
        assert not torch.allclose(hidden, net.memorise(level, masks, seen), atol=1e-3)
        nothing = net.memorise(level, masks * 0 - 50, seen)
    assert not torch.allclose(hidden, nothing, atol=1e-4), 'absence itself is marked'


def test_frames_of_several_clips_in_one_batch():
    config = nano_memory()
    net, bank = network(config), example_bank(config, 2)
    clips = [example_levels(config) for _ in range(2)]
    both = {name: torch.cat([clip[name] for clip in clips]) for name in clips[0]}
    batched = tracked(net, bank, both)
    for row, clip in enumerate(clips):
        one = MemoryBank(*(x[row : row + 1] for x in vars(bank).values()))
        assert torch.allclose(batched[0][row], tracked(net, one, clip)[0][0], atol=1e-5)


@pytest.mark.parametrize('kind', KINDS)
def test_every_parameter_learns(kind):
    config = nano_memory(kind)
    net = VideoMemory(config).train()
    levels, bank = example_levels(config), example_bank(config, 3)
    first = net.memorise(
        levels['level_2'], torch.randn(3, *config.mask_size), torch.tensor([1.0, 0, 1])
    )
    memory = torch.cat([first[:, None], bank.memory[:, 1:]], 1)
    bank = replace(bank, memory=memory)
    with torch.no_grad():  # one object is seen, one is not
        logits = net.track_step.hypotheses(*levels.values(), bank).object_logits
        middle = (logits.min() + logits.max()) / 2
        net.track_step.mask_decoder.object_head.last.bias -= middle
    found = net.track_step.hypotheses(*levels.values(), bank)
    loss = sum(x.square().mean() for x in vars(found).values())
    loss.backward()
    silent = [n for n, p in net.named_parameters() if p.grad is None or not p.grad.any()]
    assert not silent
