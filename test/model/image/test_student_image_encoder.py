"""Trunk and neck: promised levels, SAM 3's own neck, and graphs that give the same numbers."""

from __future__ import annotations

import dataclasses

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

from random_weights import randomize_norms, relative_difference  # noqa: E402

from efficientsam3_ros.model.image import student_image_encoder  # noqa: E402
from efficientsam3_ros.model.image.neck_lean import LeanPyramid  # noqa: E402
from efficientsam3_ros.model.image.neck_sam3 import Sam3Neck  # noqa: E402
from efficientsam3_ros.model.image.student_image_encoder import (  # noqa: E402
    NECKS,
    StudentImageEncoder,
    grid_side,
)
from efficientsam3_ros.model.image.trunks import TRUNKS, Trunk  # noqa: E402
from efficientsam3_ros.model.layers.blank import Blank  # noqa: E402
from efficientsam3_ros.model.registry import student_config  # noqa: E402

SPEC = TRUNKS['efficientvit_b0']
GRIDS = {('sam3', 1008): 72, ('sam3', 768): 54, ('sam3', 512): 36}
GRIDS |= {('lean', 1008): 36, ('lean', 768): 27, ('lean', 512): 18}


@pytest.mark.parametrize(('neck', 'size'), GRIDS)
def test_levels_have_the_promised_shapes(neck, size):
    with torch.device('meta'), torch.no_grad(), Blank():
        encoder = StudentImageEncoder(SPEC, neck, size).eval()
        levels = encoder(torch.empty(1, 3, size, size))
    grid = GRIDS[neck, size]
    assert grid_side(neck, size) == grid
    assert [tuple(level.shape) for level in levels] == [
        (1, 256, factor * grid, factor * grid) for factor in (4, 2, 1)
    ]


def test_sam3_neck_equals_that_of_transformers():
    pytest.importorskip('transformers')
    from transformers import Sam3VisionConfig
    from transformers.models.sam3.modeling_sam3 import Sam3VisionNeck

    torch.manual_seed(0)
    ours = Sam3Neck(32, size=56, width=16).eval()
    randomize_norms(ours)
    backbone = {'model_type': 'sam3_vit_model', 'hidden_size': 1024}
    config = Sam3VisionConfig(
        backbone_config=backbone, fpn_hidden_size=16, scale_factors=[4.0, 2.0, 1.0]
    )
    theirs = Sam3VisionNeck(config).eval()
    state = {f'fpn_layers.{k}': v for k, v in ours.fpn_layers.state_dict().items()}
    theirs.load_state_dict(state, strict=True)
    stride_32 = torch.randn(1, 32, 2, 2)
    with torch.no_grad():
        trunk = torch.nn.functional.interpolate(ours.head(stride_32), size=4, mode='bilinear')
        for value, expected in zip(ours((stride_32,)), theirs(trunk)[0]):
            assert relative_difference(value, expected) <= 1e-5


def test_a_trackers_levels_beside_the_detectors_are_folded_with_them():
    torch.manual_seed(0)
    neck = Sam3Neck(32, size=112, width=16, tracker=True).eval()
    randomize_norms(neck)
    stride_32 = (torch.randn(2, 32, 4, 4),)
    with torch.no_grad():
        levels, folded = neck(stride_32), neck.fuse()(stride_32)
    assert [level.shape[-1] for level in levels] == [32, 16, 8, 32, 16, 8]
    for value, expected in zip(folded, levels, strict=True):
        assert relative_difference(value, expected) <= 1e-5
    # Each set of levels has weights of its own.
    assert not torch.allclose(levels[0], levels[3])


def test_a_lean_neck_has_no_levels_for_a_tracker():
    with pytest.raises(ValueError, match='no levels of a tracker'):
        dataclasses.replace(student_config('es_ev_s', neck='lean'), tracker_neck=True)


@pytest.mark.parametrize('changed', range(4))
def test_lean_neck_reads_every_stride(changed):
    torch.manual_seed(0)
    neck = LeanPyramid((4, 8, 12, 16), size=112, width=16).eval()
    sides = (28, 14, 7, 4)
    maps = [torch.randn(1, c, s, s) for c, s in zip((4, 8, 12, 16), sides)]
    with torch.no_grad():
        before = neck(tuple(maps))
        maps[changed] = maps[changed] + 1
        after = neck(tuple(maps))
    # Fine maps reach fine levels, deep maps all of them.
    reached = [not torch.equal(a, b) for a, b in zip(before, after)]
    assert reached == [True, changed >= 1, changed >= 2]


@pytest.mark.parametrize('name', TRUNKS)
@pytest.mark.parametrize('neck', NECKS)
def test_all_nine_fit_both_necks(name, neck, monkeypatch):
    spec = TRUNKS[name]
    # Only its maps' shapes matter here; test_trunks builds all nine.
    monkeypatch.setattr(student_image_encoder, 'Trunk', lambda spec: torch.nn.Identity())
    with torch.device('meta'), torch.no_grad(), Blank():
        maps = [
            torch.empty(1, width, -(-224 // stride), -(-224 // stride))
            for width, stride in zip(spec.channels, (4, 8, 16, 32))
        ]
        levels = StudentImageEncoder(spec, neck, 224).neck.eval()(tuple(maps))
    assert [level.shape[1] for level in levels] == [256, 256, 256]


def exported_difference(encoder, path):
    """Export the folded encoder; return how far the graph is from the original in torch."""
    pytest.importorskip('onnxruntime')
    from efficientsam3_ros.model.export.graph import GraphPlan, difference, write_graph
    from efficientsam3_ros.model.export.reparameterize import reparameterize

    image = torch.randn(1, 3, encoder.size, encoder.size)
    levels = ('level_0', 'level_1', 'level_2')
    plan = GraphPlan(reparameterize(encoder), {'image': image}, levels, {})
    write_graph(plan, path, {}, simplify=False)
    return difference(dataclasses.replace(plan, module=encoder), path)


@pytest.mark.slow
@pytest.mark.parametrize('name', ['repvit_m0_9', 'tiny_vit_5m_224', 'efficientvit_b0'])
@pytest.mark.parametrize('neck', NECKS)
def test_folded_graph_of_a_whole_encoder_equals_torch(name, neck, tmp_path):
    encoder = StudentImageEncoder(TRUNKS[name], neck, 512).eval()
    randomize_norms(encoder)
    found = exported_difference(encoder, tmp_path / 'image_encoder.onnx')
    print(f'{name} {neck}: {found:.1e}')
    assert found <= 1e-4


@pytest.mark.filterwarnings('ignore:The tensor attributes')
def test_an_export_leaves_the_network_usable():
    # timm's window attention keeps tensors between calls, also those of an exporter.
    trunk = Trunk(TRUNKS['tiny_vit_5m_224']).eval()
    for stage in trunk.stages:
        stage.blocks = stage.blocks[:1]
    image = torch.randn(1, 3, 112, 112)
    with torch.no_grad():
        torch.export.export(trunk, (image,))
        assert all(torch.isfinite(level).all() for level in trunk(image))
