"""Programs are traced a second time only where torch has to break them up."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.export import ExportedProgram

from efficientsam3_ros.model.export.graph import GraphPlan, difference, write_graph
from efficientsam3_ros.model.export.plain_program import export_plain


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


class Residual(nn.Module):
    """Adds to what nothing else reads."""

    def __init__(self):
        super().__init__()
        self.mix = nn.Conv2d(2, 2, 1)

    def forward(self, x):
        y = self.mix(x)
        y += x
        return y * 2


class AddedToView(nn.Module):
    """Adds to a view of what is still read."""

    def forward(self, x):
        y = x * 2
        z = y.flatten(1)
        z += 1
        return z.sum(1) + y.sum((1, 2, 3))


class Normalized(nn.Sequential):
    """Normalises a batch, with nothing else to break up."""

    def __init__(self):
        super().__init__(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3))
        nn.init.normal_(self[1].running_mean)


class NormalizedByItself(nn.Module):
    """Normalises a batch by its own statistics even in eval mode."""

    def forward(self, x):
        return nn.functional.batch_norm(x, None, None, training=True)


class KeptFromAutocast(nn.Module):
    """Computes a part at full precision wherever the rest is computed at a lower one."""

    def __init__(self, lower=False):
        super().__init__()
        self.lower = lower

    def forward(self, x):
        y = x * 2
        with torch.autocast('cpu', torch.bfloat16, enabled=self.lower):
            z = y.float() @ y.float().transpose(-1, -2)
        return z.sum(-1) + y.sum(-1)


class Autocast(KeptFromAutocast):
    """Computes a part at a lower precision."""

    def __init__(self):
        super().__init__(lower=True)


@pytest.fixture
def traces(monkeypatch) -> list[ExportedProgram]:
    """Return the programs that torch breaks up."""
    seen, real = [], ExportedProgram.run_decompositions

    def decompose(program, *table):
        seen.append(program)
        return real(program, *table)

    monkeypatch.setattr(ExportedProgram, 'run_decompositions', decompose)
    return seen


@pytest.mark.parametrize(('module', 'times'), [(Plain, 0), (InPlace, 1), (Normalized, 0)])
def test_only_what_has_no_form_in_onnx_is_traced_again(module, times, traces, tmp_path):
    torch.manual_seed(0)
    x = torch.randn(3, 2, 4, 5)
    plan = GraphPlan(module().eval(), {'x': x}, ('y',), {'x': {0: 'objects'}})
    write_graph(plan, tmp_path / 'x.onnx', {'objects': 5})
    # Activations are in place again.
    assert all(part.inplace for part in plan.module.modules() if isinstance(part, nn.ReLU))
    assert len(traces) == times
    assert difference(plan, tmp_path / 'x.onnx') <= 1e-6


TIMES = {
    **dict.fromkeys((Residual, KeptFromAutocast), 0),
    **dict.fromkeys((AddedToView, NormalizedByItself, Autocast), 1),
}


@pytest.mark.parametrize(('module', 'times'), TIMES.items())
def test_what_is_replaced_computes_the_same(module, times, traces):
    torch.manual_seed(0)
    x = torch.randn(3, 2, 4, 5)
    network = module().eval()
    with torch.no_grad():
        program = export_plain(network, (x,), None).run_decompositions({})
        assert len(traces) == times
        torch.testing.assert_close(program.module()(x), network(x))
