"""Both graphs of the light student's video half, dense and with a Perceiver.

Those of the family are compared with torch in ``test_student``, those of the shipped bundle in
``test/engine/conformance``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from efficientsam3_ros.core.memory_layout import memory_faults
from efficientsam3_ros.engine.openvino_core import new_core
from efficientsam3_ros.model.export.graph import GraphPlan, write_graph
from efficientsam3_ros.model.export.memory_export import (
    LEVELS,
    example_bank,
    example_levels,
    memory_layout,
    memory_plans,
)
from efficientsam3_ros.model.memory.bank import MemoryBank
from efficientsam3_ros.model.memory.config import MemoryConfig, nano_memory
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory

ort = pytest.importorskip('onnxruntime')
MAX_OBJECTS = 6
Run = Callable[[dict[str, np.ndarray]], list[np.ndarray]]
TOLERANCE = 1e-4


def engines(plan: GraphPlan, path: Path) -> list[Run]:
    """Export a graph and return what runs it: ONNX Runtime, and OpenVINO where it is installed."""
    write_graph(plan, path, {'objects': MAX_OBJECTS})
    session = ort.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    runs: list[Run] = [lambda inputs: session.run(list(plan.outputs), inputs)]
    if find_spec('openvino'):
        compiled = new_core().compile_model(str(path), 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})
        # A request keeps the shapes of its last batch: it must take the next one all the same.
        request = compiled.create_infer_request()
        runs.append(lambda inputs: [request.infer(inputs)[name] for name in plan.outputs])
    return runs


def difference(runs: list[Run], plan: GraphPlan, inputs) -> float:
    given = {name: value.numpy() for name, value in inputs.items()}
    return max(_difference(run(given), plan, inputs) for run in runs)


def _difference(got: list[np.ndarray], plan: GraphPlan, inputs) -> float:
    with torch.inference_mode():
        expected = plan.module(*inputs.values())
    expected = (expected,) if isinstance(expected, torch.Tensor) else expected
    assert all(np.isfinite(value).all() for value in got)
    return max(
        float(np.abs(a - b.numpy()).max() / (b.abs().max() + 1e-9))
        for a, b in zip(got, expected, strict=True)
    )


def check(config: MemoryConfig, folder: Path, counts: list[int]) -> None:
    torch.manual_seed(0)
    plans = memory_plans(VideoMemory(config).eval())
    step = engines(plans['track_step'], folder / 'track_step.onnx')
    write = engines(plans['memorise'], folder / 'memorise.onnx')
    for objects in counts:
        levels = example_levels(config)
        filled = vars(example_bank(config, objects))
        empty = vars(MemoryBank.empty(config, objects))
        for bank in (filled, empty):
            inputs = {**levels, **bank}
            assert difference(step, plans['track_step'], inputs) <= TOLERANCE
        inputs = {
            'level_2': levels['level_2'],
            'mask_logits': torch.randn(objects, *config.mask_size) * 5,
            'object_score': torch.rand(objects),
        }
        assert difference(write, plans['memorise'], inputs) <= TOLERANCE


@pytest.mark.slow
@pytest.mark.parametrize('kind', ['perceiver', 'dense'])
def test_nano_graphs_equal_torch(kind, tmp_path):
    check(nano_memory(kind), tmp_path, [1, 2, 5])


def test_examples_show_every_filling():
    bank = example_bank(nano_memory(), 6)
    taken = bank.memory_valid.sum(1).tolist()
    assert taken[0] == taken[3] == 0
    assert 0 < taken[1] < 6
    assert taken[2] == 6
    # Conditioning slots come first, and the newest recent frames next.
    assert bank.memory_valid[1].tolist() == [1, 0, 1, 1, 0, 0]


@pytest.mark.parametrize('kind', ['perceiver', 'dense'])
def test_layout_is_that_of_the_graphs(kind):
    config = nano_memory(kind)
    layout, plans = memory_layout(config), memory_plans(VideoMemory(config))
    inputs = plans['track_step'].inputs
    objects = inputs['memory'].shape[0]
    assert inputs['memory'].shape == (objects, layout.slots, layout.latents, layout.width)
    assert inputs['pointers'].shape == (objects, layout.pointers, layout.pointer_width)
    assert plans['memorise'].inputs['mask_logits'].shape == (objects, *layout.mask)
    ports = {name: (tuple(plan.inputs), plan.outputs) for name, plan in plans.items()}
    ports['image_encoder'] = (('image',), LEVELS)
    assert memory_faults(ports, layout, objects=16) is None
