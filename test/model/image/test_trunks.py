"""Student trunks: same numbers as independent implementations with upstream's names."""

from __future__ import annotations

from functools import cache

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

from random_weights import randomize_norms, relative_difference  # noqa: E402
from upstream_layout import build  # noqa: E402

from efficientsam3_ros.model.image.trunks import TRUNKS, LinearAttention, Trunk  # noqa: E402
from efficientsam3_ros.model.layers.blank import Blank  # noqa: E402
from efficientsam3_ros.model.weights.keys.trunk_keys import UNREAD, to_upstream  # noqa: E402

SMALL = ('repvit_m0_9', 'tiny_vit_5m_224', 'efficientvit_b0')
# True sizes in millions, measured upstream without classifiers.
MILLIONS = {
    'repvit_m0_9': 4.72,
    'repvit_m1_1': 7.77,
    'repvit_m2_3': 22.40,
    'tiny_vit_5m_224': 5.07,
    'tiny_vit_11m_224': 10.55,
    'tiny_vit_21m_224': 20.62,
    'efficientvit_b0': 0.68,
    'efficientvit_b1': 4.64,
    'efficientvit_b2': 14.98,
}


@cache
def shapeless(name):
    """Return a trunk of shapes only, which no test changes."""
    with torch.device('meta'), Blank():
        return Trunk(TRUNKS[name]).eval()


def compare(name, size):
    """Return the largest relative difference over the four maps, upstream's weights renamed."""
    theirs, ours = build(TRUNKS[name]).eval(), Trunk(TRUNKS[name]).eval()
    randomize_norms(theirs)
    state = theirs.state_dict()
    renamed = {key: state[to_upstream(ours.spec, key)] for key in ours.state_dict()}
    ours.load_state_dict(renamed, strict=True)
    image = torch.randn(1, 3, size, size)
    with torch.no_grad():
        expected, maps = theirs(image), ours(image)
    return max(relative_difference(a, b) for a, b in zip(maps, expected))


@pytest.mark.parametrize('name', SMALL)
def test_maps_equal_an_independent_implementation(name):
    # 200 pixels leave windows of TinyViT half filled.
    assert compare(name, 200) <= 1e-5


@pytest.mark.slow
@pytest.mark.parametrize('name', TRUNKS)
def test_maps_of_all_nine_equal_at_512_pixels(name, record_property):
    difference = compare(name, 512)
    record_property('relative difference', difference)
    print(f'{name}: {difference:.1e}')
    assert difference <= 1e-5


@pytest.mark.parametrize('name', TRUNKS)
def test_names_shapes_and_sizes_are_upstreams(name):
    with torch.device('meta'), Blank():
        ours, theirs = shapeless(name), build(TRUNKS[name])
    unread = UNREAD[ours.spec.family]
    kept = {k: v.shape for k, v in theirs.state_dict().items() if not unread.match(k)}
    assert {to_upstream(ours.spec, k): v.shape for k, v in ours.state_dict().items()} == kept
    assert sum(p.numel() for p in ours.parameters()) / 1e6 == pytest.approx(
        MILLIONS[name], abs=0.006
    )


@pytest.mark.parametrize('name', SMALL)
@pytest.mark.parametrize('size', [112, 126])
def test_maps_have_the_promised_shapes(name, size):
    spec = TRUNKS[name]
    with torch.device('meta'), torch.no_grad():
        maps = shapeless(name)(torch.empty(1, 3, size, size))
    for width, stride, found in zip(spec.channels, (4, 8, 16, 32), maps):
        assert tuple(found.shape) == (1, width, -(-size // stride), -(-size // stride))


def test_loading_weights_after_use_leaves_no_stale_attention_biases():
    trunk, image = Trunk(TRUNKS['tiny_vit_5m_224']).eval(), torch.randn(1, 3, 112, 112)
    with torch.no_grad():
        trunk(image)
        changed = trunk.state_dict()
        for key, value in changed.items():
            if key.endswith('attention_biases'):
                changed[key] = torch.randn_like(value)
        trunk.load_state_dict(changed)
        after = trunk(image)[-1]
        fresh = Trunk(TRUNKS['tiny_vit_5m_224'])
        fresh.load_state_dict(changed)
        assert torch.equal(after, fresh.eval()(image)[-1])


def test_places_that_attend_to_nothing_are_zero_in_the_exported_graph_too(tmp_path):
    onnxruntime = pytest.importorskip('onnxruntime')

    class Attend(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = LinearAttention(8, 8)

        def forward(self, q, k, v):
            return self.attention._attn(q, k, v)

    q, k, v = torch.rand(3, 1, 2, 6, 4).unbind()
    q[:, :, 2], v = 0, torch.nn.functional.pad(v, (0, 1), value=1.0)
    path = tmp_path / 'attend.onnx'
    module = Attend().eval()
    names = {'input_names': ['q', 'k', 'v'], 'output_names': ['out']}
    torch.onnx.export(module, (q, k, v), str(path), dynamo=True, verbose=False, **names)
    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    (out,) = session.run(None, {'q': q.numpy(), 'k': k.numpy(), 'v': v.numpy()})
    assert (out[:, :, 2] == 0).all()
    torch.testing.assert_close(torch.from_numpy(out), module(q, k, v))
