"""One of the nine students as a bundle: the tracker runs it, and it answers as torch does."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from bundle_parity import ask_torch, differences
from exported_students import Exported, export, trained_for_speed, with_sam3_tracker, with_tiny_vit
from fake_cuda import FakeCuda
from fake_tensorrt import FakeTensorRt
import numpy as np
import onnx
import pytest
from random_weights import randomize_norms, relative_difference
from tiny_student import tiny_student, tiny_video
import torch

from efficientsam3_ros.core import Frame, Manifest, Prompt
from efficientsam3_ros.engine import Engine, load_engine
from efficientsam3_ros.engine.conformance import run as conformance_run
from efficientsam3_ros.engine.conformance.probe import Probe, Subject
from efficientsam3_ros.engine.conformance.run import conformance
from efficientsam3_ros.engine.onnxruntime_backend import OnnxRuntimeEngine
from efficientsam3_ros.engine.options import EngineOptions
from efficientsam3_ros.engine.tensorrt.backend import TensorRtEngine
from efficientsam3_ros.model.export.memory_export import example_bank, memory_layout
from efficientsam3_ros.model.export.plans import LEVELS, TRACK_LEVELS
from efficientsam3_ros.model.export.student import folded_plans, narrowed
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.registry import student_config
from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.student_memory import student_memory
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig
from efficientsam3_ros.tracking.detection.detector import ConceptDetector
from efficientsam3_ros.tracking.prompts.prompt_set import PromptSet

# A fixture may export six graphs.
pytestmark = pytest.mark.timeout(900)
SIX = {'image_encoder', 'text_encoder', 'exemplar_encoder', 'detector', 'track_step', 'memorise'}


@pytest.fixture(autouse=True)
def fewer_runs(monkeypatch):
    """Run graphs as often as it takes to time them at all; only answers are looked at here."""
    monkeypatch.setattr(conformance_run, '_RUNS', 2)


# SAM 3's tracker with its own neck, and what is trained for speed.
@pytest.fixture(scope='module', params=[with_sam3_tracker, trained_for_speed])
def exported(request, export_store) -> Exported:
    return request.param(export_store)


@pytest.fixture(scope='module')
def options(tmp_path_factory) -> EngineOptions:
    """What OpenVINO or TensorRT has compiled serves all the engines that the tests open.

    The bundles have graphs in common.
    """
    return EngineOptions(threads=1, cache_folder=tmp_path_factory.mktemp('compiled'))


@pytest.fixture(scope='module')
def reference(exported) -> OnnxRuntimeEngine:
    """Return what the rules compare engines with."""
    return load_engine(exported.folder, threads=1)


@pytest.fixture(scope='module')
def probes(exported) -> dict[tuple[int, int], Probe]:
    """Keep the reference's answers for all engines."""
    return {}


@pytest.fixture
def student(exported) -> Student:
    return exported.student


@pytest.fixture
def bundle(exported) -> Path:
    return exported.folder


def test_every_graph_is_near_to_torch(bundle):
    manifest = Manifest.load(bundle)
    assert set(manifest.graphs) == SIX
    assert set(manifest.parity) == SIX
    assert max(manifest.parity.values()) <= 1e-4


def test_the_memory_reads_a_neck_of_its_own_where_there_is_one(exported):
    graphs = Manifest.load(exported.folder).graphs
    own = exported.student.config.tracker_neck
    names = TRACK_LEVELS if own else LEVELS
    assert graphs['image_encoder'].outputs == ((*LEVELS, *TRACK_LEVELS) if own else LEVELS)
    assert graphs['track_step'].inputs[:3] == names
    assert graphs['memorise'].inputs[0] == names[2]
    assert graphs['detector'].inputs[:3] == LEVELS


def test_the_manifest_tells_the_sizes_of_the_memory(exported):
    manifest = Manifest.load(exported.folder)
    assert manifest.memory == memory_layout(exported.memory.config)
    assert manifest.bounds['objects'] == 5


def test_a_memory_of_another_size_is_refused(exported):
    grid = exported.memory.config.grid[0] * 2
    config = replace(exported.memory.config, grid=(grid, grid))
    with pytest.raises(ValueError, match=r'made for image levels .* choose a memory of its grid'):
        folded_plans(exported.student, VideoMemory(config))


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_engines_answer_as_torch_does(exported, backend, options):
    pytest.importorskip(backend)
    asked = list(ask_torch(exported.student, exported.memory, objects=range(1, 6)))
    assert {question.graph for question in asked} == SIX
    found = differences(load_engine(exported.folder, backend, options=options), asked)
    assert max(found.values()) <= 1e-4, found


def test_graphs_hold_no_operator_that_robots_lack(bundle):
    # TensorRT has RoiAlign as a plugin of its own since 8.5.
    unwanted = {'If', 'Loop', 'NonZero', 'GatherND', 'ScatterND', 'IsNaN'}
    for path in bundle.glob('*.onnx'):
        kinds = {node.op_type for node in onnx.load(str(path)).graph.node}
        assert not kinds & unwanted, path.name


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_engines_answer_as_torch_does_with_the_third_trunk(export_store, backend, options):
    pytest.importorskip(backend)
    student, folder = with_tiny_vit(export_store)
    found = differences(load_engine(folder, backend, options=options), list(ask_torch(student)))
    assert max(found.values()) <= 1e-4, found


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(('name', 'size'), [('es_ev_s', 512), ('es_tv_s', 512), ('es_rv_m', 1008)])
def test_a_whole_student_of_each_family(name, size, tmp_path):
    pytest.importorskip('openvino')
    torch.manual_seed(0)
    student = Student(replace(student_config(name, size=size), tracker_neck=True))
    memory = VideoMemory(student_memory(student.config, 'perceiver'))
    randomize_norms(student)
    randomize_norms(memory)
    export(student, tmp_path, memory)
    asked = list(ask_torch(student, memory))
    assert {question.graph for question in asked} == SIX
    for backend in ('onnxruntime', 'openvino'):
        found = differences(load_engine(tmp_path, backend), asked)
        print(name, size, backend, {key: f'{value:.1e}' for key, value in found.items()})
        assert max(found.values()) <= 1e-4, backend


@pytest.mark.parametrize('boxes', [(), ((0.5, 0.5, 0.4, 0.3),)])
def test_words_and_boxes_take_the_way_that_torch_takes(student, bundle, boxes):
    engine, size = load_engine(str(bundle), threads=1), student.config.size
    rgb = np.random.default_rng(1).integers(0, 255, (size, size, 3), np.uint8)
    image = engine.manifest.preprocess(rgb)
    prompts = PromptSet(engine)
    prompts.replace([Prompt('a red mug', boxes=boxes, box_labels=(1,) * len(boxes))], 4)
    detector = ConceptDetector(engine)
    features = detector.encode_image(image)
    got = detector.detect(features, *prompts.tokens(features))
    with torch.inference_mode():
        levels = student.image_encoder(torch.from_numpy(image))[:3]
        ids = torch.from_numpy(engine.manifest.tokenizer().encode(['a red mug']))
        text, text_mask = student.text_encoder(ids)
        slots = torch.tensor([boxes or ((0.0,) * 4,)])
        labels = torch.full((1, slots.shape[1]), int(bool(boxes)))
        none = torch.zeros(1, 1)
        extra, extra_mask = student.exemplar_encoder(
            levels[2], slots, labels, labels.float(), torch.zeros(1, 1, 2), none.long(), none
        )
        tokens = torch.cat([text, extra], 1), torch.cat([text_mask, extra_mask], 1)
        scores = student.detector(*levels, *tokens)[0]
    np.testing.assert_allclose(got.scores, scores, atol=1e-4)


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_the_tracker_follows_objects_with_it(bundle, backend, options):
    pytest.importorskip(backend)
    engine = Spy(load_engine(str(bundle), backend, options=options))
    # Random weights are sure of nothing: everything counts.
    sure = dict.fromkeys(('object_score', 'memory_quality', 'admit_object_score'), 0.0)
    settings = {'min_area_px': 1, 'remember_every': 1, **sure}
    tracker = ConceptTracker(engine, TrackerConfig(detection_threshold=0.0, **settings))
    tracker.set_prompts([Prompt('a red mug'), Prompt('screwdriver')])
    rng = np.random.default_rng(0)
    for index in range(3):
        rgb = rng.integers(0, 255, (90, 120, 3), np.uint8)
        result = tracker.step(Frame(rgb, index * 10**8, 'camera'))
        assert (result.height, result.width) == (90, 120)
        assert result.instances
    assert engine.runs['memorise'] >= 1
    assert engine.runs['track_step'] == 2


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino', 'tensorrt simulated'])
def test_engines_keep_their_rules_with_it(bundle, backend, options, reference, probes):
    def opened() -> Engine:
        if backend != 'tensorrt simulated':
            return load_engine(bundle, backend, options=options)
        # TensorRT's logic, with NVIDIA's library and GPU simulated by ONNX Runtime.
        trt = FakeTensorRt(cuda, '10.3.0')
        return TensorRtEngine(bundle, Manifest.load(bundle), options, trt, cuda)

    pytest.importorskip(backend.removesuffix(' simulated').replace('tensorrt', 'onnxruntime'))
    cuda = FakeCuda()
    engine = opened()
    subject = Subject(opened, engine, reference, prompts=(1, 3), probes=probes)
    outcomes = list(conformance(subject))
    engine.close()
    assert not [outcome for outcome in outcomes if not outcome.passed]
    assert {'track_step', 'memorise'} <= {outcome.check.split(',')[0] for outcome in outcomes}


class Spy:
    """Counts the runs of an engine's graphs."""

    def __init__(self, engine: Engine) -> None:
        self.manifest, self.to_numpy, self.close = engine.manifest, engine.to_numpy, engine.close
        self.runs: Counter[str] = Counter()
        self._engine = engine

    def run(self, graph, inputs):
        """Run a graph."""
        self.runs[graph] += 1
        return self._engine.run(graph, inputs)


def answers(student, memory) -> tuple[list[torch.Tensor], tuple[torch.Tensor, ...]]:
    generator = torch.Generator().manual_seed(4)
    side = student.config.size
    with torch.inference_mode():
        levels = student.image_encoder(torch.randn(1, 3, side, side, generator=generator))
        torch.manual_seed(5)
        bank = vars(example_bank(memory.config, 3)).values()
        return levels, memory.track_step(*levels[-3:], *bank)


@pytest.mark.parametrize('kind', ['dense', 'perceiver'])
def test_a_tracker_finds_the_same_in_narrow_levels(kind):
    student = tiny_student('efficientvit_b0', 'sam3', tracker_neck=True)
    memory = tiny_video(student, kind)
    before = {key: value.clone() for key, value in memory.state_dict().items()}
    slim = narrowed(student, memory)
    levels, found = answers(*slim)
    whole, expected = answers(student, memory)
    assert [level.shape[1] for level in levels] == [32, 32, 32, 8, 16, 32]
    assert slim[1].config.level_channels == (8, 16, 32)
    for value, reference in zip((*levels[:3], *found), (*whole[:3], *expected), strict=True):
        assert relative_difference(value, reference) <= 1e-5
    # The trained networks stay as they are.
    assert all(torch.equal(value, before[key]) for key, value in memory.state_dict().items())
    assert [level.shape[1] for level in whole] == [32] * 6


def test_levels_that_serve_the_detector_keep_their_width():
    for neck in ('lean', 'sam3'):
        student = tiny_student('efficientvit_b0', neck)
        memory = tiny_video(student, 'perceiver')
        assert narrowed(student, memory) == (student, memory)
