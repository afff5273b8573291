"""Folded networks give the same numbers, and leave the original alone."""

from __future__ import annotations

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

from random_weights import randomize_norms, relative_difference  # noqa: E402
from torch import nn  # noqa: E402

from efficientsam3_ros.model.export.reparameterize import reparameterize  # noqa: E402
from efficientsam3_ros.model.image import neck_sam3, sam3_pyramid  # noqa: E402
from efficientsam3_ros.model.image.student_image_encoder import StudentImageEncoder  # noqa: E402
from efficientsam3_ros.model.image.trunks import TRUNKS  # noqa: E402
from efficientsam3_ros.model.layers.layers import Attention  # noqa: E402

SMALL = ('repvit_m0_9', 'tiny_vit_5m_224', 'efficientvit_b0')


def norms(module):
    return sum(isinstance(part, nn.BatchNorm2d) for part in module.modules())


@pytest.mark.parametrize('neck', ['sam3', 'lean'])
@pytest.mark.parametrize('name', SMALL)
def test_outputs_stay_and_normalisations_go(name, neck, monkeypatch):
    # Folding sees the layers, not their widths; SAM 3's trunk has 1024 channels.
    for module in (neck_sam3, sam3_pyramid):
        monkeypatch.setattr(module, 'TRUNK_WIDTH', 64)
    encoder = StudentImageEncoder(TRUNKS[name], neck, 112).eval()
    randomize_norms(encoder)
    image = torch.randn(1, 3, 112, 112)
    # With gradients: TinyViT then holds a cache that cannot be copied.
    expected = encoder(image)
    folded = reparameterize(encoder)
    with torch.no_grad():
        for value, wanted in zip(folded(image), expected):
            assert relative_difference(value, wanted) <= 1e-4
    assert norms(folded) == 0
    assert norms(encoder) > 20


def test_repvit_branches_become_one_convolution():
    encoder = StudentImageEncoder(TRUNKS['repvit_m0_9'], 'lean', 112)
    mixer = reparameterize(encoder).trunk.stages[0].blocks[0].token_mixer
    assert isinstance(mixer, nn.Conv2d)
    assert mixer.groups == 48


def test_training_mode_of_the_original_stays():
    encoder = StudentImageEncoder(TRUNKS['efficientvit_b0'], 'lean', 112).train()
    assert not reparameterize(encoder).training
    assert encoder.training


def test_attention_needs_no_bias_of_keys_and_values():
    attention = Attention(32, 4)
    query, key, value = torch.randn(3, 2, 9, 32)
    bias = torch.randn(2, 1, 1, 9)
    for layer in (attention.k_proj, attention.v_proj):
        nn.init.normal_(layer.bias)
    folded = reparameterize(attention)
    with torch.no_grad():
        expected = attention(query, key, value, bias)
        assert relative_difference(folded(query, key, value, bias), expected) <= 1e-5
    assert folded.k_proj.bias is None
    assert folded.v_proj.bias is None
    assert attention.k_proj.bias is not None


def test_group_normalisation_of_a_large_map_keeps_its_digits_in_onnx_runtime(tmp_path):
    onnxruntime = pytest.importorskip('onnxruntime')
    norm = torch.nn.Sequential(torch.nn.GroupNorm(2, 64))
    norm[0].weight.data.uniform_(0.5, 1.5)
    x = torch.randn(1, 64, 192, 192) * 0.02 + 0.05
    path, folded = tmp_path / 'norm.onnx', reparameterize(norm)
    names = {'input_names': ['x'], 'output_names': ['y']}
    torch.onnx.export(folded, (x,), str(path), dynamo=True, verbose=False, **names)
    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    (got,) = session.run(None, {'x': x.numpy()})
    expected = norm.double()(x.double()).detach()
    assert float((torch.from_numpy(got) - expected).abs().max() / expected.abs().max()) < 1e-6
