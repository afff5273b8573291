"""Similarity of image tokens and prompts: one image's tokens, or those of each prompt."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from efficientsam3_ros.model.detector.similarity import PromptSimilarity
from efficientsam3_ros.model.nano_config import NanoConfig
from efficientsam3_ros.model.nano_student import Detector

CONFIG = NanoConfig(input_height=64, input_width=96, width=32, queries=3, class_evidence=False)


@pytest.fixture
def prompts() -> tuple[torch.Tensor, torch.Tensor]:
    """Return three prompts of four tokens, the last of each invalid."""
    torch.manual_seed(0)
    mask = torch.ones(3, 4)
    mask[:, -1] = 0
    return torch.randn(3, 4, 32), mask


def test_tokens_that_all_prompts_share_give_the_same_as_copies_of_them(prompts):
    similarity, tokens = PromptSimilarity(32), torch.randn(1, 20, 32)
    with torch.no_grad():
        shared = similarity(tokens, *prompts)
        copied = similarity(tokens.expand(3, -1, -1), *prompts)
    torch.testing.assert_close(shared, copied)
    assert not torch.allclose(shared[0], shared[1]), 'prompts differ'


def test_tokens_that_do_not_count_change_nothing(prompts):
    similarity, tokens = PromptSimilarity(32), torch.randn(1, 20, 32)
    prompt, mask = prompts
    other = prompt.clone()
    other[:, -1] = 99
    with torch.no_grad():
        torch.testing.assert_close(
            similarity(tokens, prompt, mask), similarity(tokens, other, mask)
        )


def test_added_to_a_trained_network_it_starts_as_nothing_and_then_tells(prompts):
    plain = Detector(replace(CONFIG, prompt_similarity=False)).eval()
    grown = Detector(CONFIG).eval()
    missing = grown.load_state_dict(plain.state_dict(), strict=False)
    assert {name.partition('.')[0] for name in missing.missing_keys} == {'similarity'}
    level8 = torch.randn(1, 32, 8, 12)
    with torch.no_grad():
        before = plain.detect(level8, *prompts)
        torch.testing.assert_close(grown.detect(level8, *prompts).logits, before.logits)
        grown.similarity.direction.fill_(1.0)
        after = grown.detect(level8, *prompts)
    assert not torch.allclose(after.memory, before.memory)
