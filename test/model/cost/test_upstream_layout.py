"""What we are timed against does upstream's work and gives the same results as ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

from random_weights import randomize_norms, relative_difference  # noqa: E402
from sam3_heads import TINY, Heads, ask, randomize  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from efficientsam3_ros.model.cost.upstream_layout import (  # noqa: E402
    UpstreamDetector,
    UpstreamImageEncoder,
    upstream_path,
)
from efficientsam3_ros.model.export.reparameterize import reparameterize  # noqa: E402
from efficientsam3_ros.model.image.neck_sam3 import Sam3Neck  # noqa: E402
from efficientsam3_ros.model.image.student_image_encoder import StudentImageEncoder  # noqa: E402
from efficientsam3_ros.model.image.trunks import TRUNKS  # noqa: E402
from efficientsam3_ros.model.registry import student_config  # noqa: E402

SIZE = 112


def gmac(module, *inputs) -> float:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module.requires_grad_(False)(*inputs)
    return counter.get_total_flops() / 2e9


def test_the_detector_finds_the_same_masks():
    heads = Heads(TINY)
    randomize(heads)
    asked = ask(TINY, 6, prompts=2)
    with torch.no_grad():
        prompt = heads.eval().prompt(asked)
        ours = heads.detector(*asked.levels, *prompt)
        theirs = UpstreamDetector(heads.detector)(*asked.levels, *prompt)
    for value, expected in zip(theirs[:4], ours[:4]):
        assert relative_difference(value, expected) <= 1e-5
    assert theirs[4].shape == (2, 1, *ours[3].shape[-2:])


def test_the_image_encoder_gives_the_same_levels():
    encoder = StudentImageEncoder(TRUNKS['efficientvit_b0'], 'sam3', SIZE).eval()
    randomize_norms(encoder)
    image = torch.randn(1, 3, SIZE, SIZE)
    with torch.no_grad():
        expected = encoder(image)
        for value, wanted in zip(UpstreamImageEncoder(encoder, 256)(image), expected):
            assert torch.equal(value, wanted)


def test_the_lean_neck_is_not_upstreams():
    with pytest.raises(TypeError, match='"sam3" only'):
        UpstreamImageEncoder(StudentImageEncoder(TRUNKS['efficientvit_b0'], 'lean', SIZE), 256)


def test_all_queries_get_a_mask():
    small = replace(TINY, queries=12, kept_queries=3)
    _, detector = upstream_path(replace(student_config('es_ev_s', size=SIZE), detector=small))
    asked = ask(small, 8, prompts=1)
    with torch.no_grad():
        tokens, mask = torch.randn(1, 4, small.width), torch.ones(1, 4)
        found = detector(*asked.levels, tokens, mask)
    assert found[3].shape[1] == 12


def test_the_folded_neck_gives_the_same_levels_with_a_third_less_work():
    torch.manual_seed(0)
    neck = Sam3Neck(32, size=1008, width=16).eval()
    randomize_norms(neck)
    small = (torch.randn(1, 32, 4, 4),)
    with torch.no_grad():
        neck.grid = 9
        expected, folded = neck(small), reparameterize(torch.nn.Sequential(neck))
        for value, wanted in zip(folded(small), expected):
            assert relative_difference(value, wanted) <= 1e-5
    with torch.device('meta'):
        full = Sam3Neck(256, size=1008).eval().requires_grad_(False)
        maps = (torch.empty(1, 256, 32, 32),)
        assert gmac(full, maps) == pytest.approx(116.3, abs=0.1)
        assert gmac(full.fuse(), maps) == pytest.approx(74.2, abs=0.1)
