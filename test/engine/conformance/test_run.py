"""Every engine that can run here does what ``Engine`` promises, on the embedded bundle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fake_cuda import FakeCuda
from fake_tensorrt import FakeTensorRt
import pytest

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import (
    BACKENDS,
    Engine,
    EngineOptions,
    available_backends,
    find_bundle,
    load_engine,
)
from efficientsam3_ros.engine.conformance import run as conformance_run
from efficientsam3_ros.engine.conformance.checks import (
    check_chaining,
    check_closing,
    check_determinism,
    check_lifetime,
    check_refusals,
    check_two_engines,
)
from efficientsam3_ros.engine.conformance.probe import Subject
from efficientsam3_ros.engine.conformance.run import parity, prompts_of
from efficientsam3_ros.engine.onnxruntime_backend import OnnxRuntimeEngine
from efficientsam3_ros.engine.tensorrt.backend import TensorRtEngine

PROMPTS = (1, 3, 16)
GRAPHS = (
    *('image_encoder', 'text_encoder', 'exemplar_encoder', 'detector'),
    *('track_step', 'memorise'),
)
# Real TensorRT's logic, with NVIDIA's library and GPU simulated by ONNX Runtime.
SIMULATED = 'tensorrt simulated'
RULES = [
    check_chaining,
    check_refusals,
    check_lifetime,
    check_determinism,
    check_two_engines,
    check_closing,
]


@pytest.fixture(autouse=True)
def fewer_runs(monkeypatch):
    """Run graphs as often as it takes to time them at all; only answers are looked at here."""
    monkeypatch.setattr(conformance_run, '_RUNS', 2)


@pytest.fixture(scope='module')
def reference() -> OnnxRuntimeEngine:
    return load_engine(threads=1)


def torch_opener(reference: OnnxRuntimeEngine, device: str) -> Callable[[], Engine]:
    """Return a maker of engines on the networks that the bundle was exported from."""
    pytest.importorskip('torch')
    from nano import nano_modules

    from efficientsam3_ros.engine.torch_backend import TorchEngine

    manifest = reference.manifest
    modules = {name: module.to(device) for name, module in nano_modules().items()}
    specs = {name: reference.input_specs(name) for name in manifest.graphs}
    return lambda: TorchEngine(manifest, modules, device, specs)


def simulated_opener(folder: Path) -> Callable[[], Engine]:
    cuda = FakeCuda()
    manifest = Manifest.load(find_bundle())
    options = EngineOptions(cache_folder=folder)
    trt = FakeTensorRt(cuda, '10.3.0')
    return lambda: TensorRtEngine(find_bundle(), manifest, options, trt, cuda)


@pytest.fixture(scope='module', params=[*BACKENDS, SIMULATED])
def subject(request, reference, tmp_path_factory) -> Subject:
    backend = request.param
    if backend == SIMULATED:
        opener = simulated_opener(tmp_path_factory.mktemp('plans'))
    else:
        state = available_backends()[backend]
        if not state.startswith('ready'):
            pytest.skip(state)
        if backend.startswith('torch'):
            opener = torch_opener(reference, 'cuda' if backend.endswith('cuda') else 'cpu')
        else:
            # OpenVINO compiles once for all the engines that the rules open.
            options = EngineOptions(cache_folder=tmp_path_factory.mktemp('compiled'))
            opener = lambda: load_engine(  # noqa: E731
                backend=backend, threads=1, verify=False, options=options
            )
    engine = opener()
    probes = request.getfixturevalue('probes')
    yield Subject(opener, engine, reference, prompts=PROMPTS, probes=probes)
    engine.close()


@pytest.fixture(scope='module')
def probes() -> dict:
    """Keep the reference's answers for all backends."""
    return {}


@pytest.mark.parametrize('graph', GRAPHS)
def test_graph_agrees_with_the_reference_for_any_number_of_prompts(subject, graph):
    for prompts in prompts_of(subject, graph):
        outcome = parity(subject, graph, prompts)
        assert outcome.passed, outcome
        assert outcome.difference <= 1e-4


@pytest.mark.parametrize('rule', RULES, ids=lambda rule: rule.__name__)
def test_engine_keeps_the_rules(subject, rule):
    rule(subject)


def test_every_graph_of_the_bundle_is_compared(reference):
    assert set(GRAPHS) == set(reference.manifest.graphs)
