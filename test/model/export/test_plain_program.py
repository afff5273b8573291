"""Programs are traced a second time only where torch has to break them up."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.export import ExportedProgram

from efficientsam3_ros.model.export.graph import GraphPlan, difference, write_graph


class Plain(nn.Module):
    """Holds each operator that is replaced."""

    def __init__(self):
        super().__init__()
        self.grow = nn.ConvTranspose2d(2, 3, 2, stride=2)
        self.drop = nn.Dropout(0.5)
        self.cut = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.drop(self.grow(x))
        seen = (1 - y.detach() > 0).to(y.dtype)
        return self.cut(y.square() * seen - torch.tensor([0.1]))


class InPlace(nn.Module):
    """Changes what another operator still reads."""

    def forward(self, x):
        y = x * 2
        z = y.relu_()
        return z + y


class Normalized(nn.Sequential):
    """Normalises a batch, with nothing else to break up."""

    def __init__(self):
        super().__init__(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3))
        nn.init.normal_(self[1].running_mean)


@pytest.fixture
def traces(monkeypatch) -> list[ExportedProgram]:
    """Return the programs that torch breaks up."""
    seen, real = [], ExportedProgram.run_decompositions

    def decompose(program, *table):
        seen.append(program)
        return real(program, *table)

    monkeypatch.setattr(ExportedProgram, 'run_decompositions', decompose)
    return seen


@pytest.mark.parametrize(('module', 'times'), [(Plain, 0), (InPlace, 1), (Normalized, 1)])
def test_only_what_has_no_form_in_onnx_is_traced_again(module, times, traces, tmp_path):
    torch.manual_seed(0)
    x = torch.randn(3, 2, 4, 5)
    plan = GraphPlan(module().eval(), {'x': x}, ('y',), {'x': {0: 'objects'}})
    write_graph(plan, tmp_path / 'x.onnx', {'objects': 5})
    # Activations are in place again.
    assert all(part.inplace for part in plan.module.modules() if isinstance(part, nn.ReLU))
    assert len(traces) == times
    assert difference(plan, tmp_path / 'x.onnx') <= 1e-6
