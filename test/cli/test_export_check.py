"""OpenVINO's differences stand in the manifest; large ones are told, or refused."""

from __future__ import annotations

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('openvino')

from tiny_onnx import GRAPHS, write_tiny_bundle  # noqa: E402
from torch import nn  # noqa: E402

from efficientsam3_ros.cli.export_check import with_openvino  # noqa: E402
from efficientsam3_ros.core import Manifest  # noqa: E402
from efficientsam3_ros.model.export.graph import ExportError, GraphPlan  # noqa: E402

LIMITS = dict.fromkeys(GRAPHS, 1e-4)


class Scaled(nn.Module):
    """The tiny bundle's graphs copy; so does this, but for a factor."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, *inputs):
        return tuple((x * self.factor).to(x.dtype) for x in inputs)


def plans(factor: float = 1.0) -> dict[str, GraphPlan]:
    inputs = {
        'image_encoder': {'image': torch.rand(1, 3, 4, 6)},
        'text_encoder': {'token_ids': torch.randint(1, 9, (2, 4))},
        'detector': {
            'level_0': torch.rand(1, 3, 4, 6),
            'prompt_tokens': torch.rand(2, 5, 8),
        },
    }
    factors = {'image_encoder': factor}
    return {
        name: GraphPlan(
            Scaled(factors.get(name, 1.0)), given, tuple(w[0] for w in GRAPHS[name].values()), {}
        )
        for name, given in inputs.items()
    }


def test_differences_are_kept_in_the_manifest(tmp_path):
    folder = write_tiny_bundle(tmp_path)
    _, warnings = with_openvino(Manifest.load(folder), plans(), folder, LIMITS, required=True)
    assert not warnings
    assert Manifest.load(folder).parity == {f'{name}@openvino': 0.0 for name in GRAPHS}


def test_an_engine_that_answers_otherwise_is_named_with_the_way_out(tmp_path):
    folder = write_tiny_bundle(tmp_path)
    with pytest.raises(ExportError, match=r'image_encoder differs.*OpenVINO.*another engine'):
        with_openvino(Manifest.load(folder), plans(1.1), folder, LIMITS, required=True)


def test_a_bundle_for_another_engine_is_whole_and_tells_of_openvino(tmp_path):
    folder = write_tiny_bundle(tmp_path)
    manifest, (warning,) = with_openvino(Manifest.load(folder), plans(1.1), folder, LIMITS)
    assert warning.startswith('image_encoder differs') and 'another engine' in warning
    assert Manifest.load(folder).parity == manifest.parity
    assert manifest.parity['image_encoder@openvino'] > 0.05


def test_without_openvino_nothing_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr('efficientsam3_ros.cli.export_check.find_spec', lambda name: None)
    folder = write_tiny_bundle(tmp_path)
    manifest, warnings = with_openvino(Manifest.load(folder), plans(1.1), folder, LIMITS)
    assert manifest.parity == {} and not warnings
