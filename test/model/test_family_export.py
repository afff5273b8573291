"""A student of the family as a bundle: the tracker runs it, and it answers as torch does."""

from __future__ import annotations

from pathlib import Path

from bundle_parity import ask_torch, differences
import numpy as np
import pytest
from random_weights import randomise_norms
import torch

from efficientsam3_ros.core import Frame, Manifest, Prompt
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.engine.onnxruntime_backend import OnnxRuntimeEngine
from efficientsam3_ros.engine.openvino_backend import OpenVinoEngine
from efficientsam3_ros.model.detector_config import DetectorConfig
from efficientsam3_ros.model.export import export_bundle
from efficientsam3_ros.model.export_plans import family_plans
from efficientsam3_ros.model.family import FamilyConfig, FamilyStudent
from efficientsam3_ros.model.family_export import export_family, family_manifest
from efficientsam3_ros.model.family_image_encoder import NeckName
from efficientsam3_ros.model.mobileclip import TextSpec
from efficientsam3_ros.model.registry import build_student, family_config
from efficientsam3_ros.model.reparameterize import reparameterize
from efficientsam3_ros.model.trunks import TRUNKS
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig
from efficientsam3_ros.tracking.detection import ConceptDetector
from efficientsam3_ros.tracking.prompt_set import PromptSet

SIZE = 112
DETECTOR = DetectorConfig(
    width=32,
    heads=4,
    feedforward=64,
    fusion_layers=1,
    decoder_layers=2,
    exemplar_layers=1,
    queries=10,
    exemplar_bins=2,
    kept_queries=6,
)


def tiny(trunk: str, neck: NeckName) -> FamilyStudent:
    """Return a student with two blocks a stage and a small head: all kinds of layers."""
    torch.manual_seed(0)
    text = TextSpec('tiny', 3, 32, 4, repmixer=True)
    config = FamilyConfig('tiny', TRUNKS[trunk], text, neck, SIZE, 16, DETECTOR)
    student = FamilyStudent(config).eval()
    for stage in student.image_encoder.trunk.stages:
        stage.blocks = stage.blocks[:2]
    for parameter in student.detector.parameters():
        parameter.data.normal_(0, 0.3)
    return student


@pytest.fixture(scope='module')
def student() -> FamilyStudent:
    return tiny('efficientvit_b0', 'lean')


@pytest.fixture(scope='module')
def bundle(student, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('family')
    export_family(student, folder, 'Apache-2.0', threshold=0.1)
    return folder


def test_every_graph_is_near_to_torch(bundle):
    manifest = Manifest.load(bundle)
    assert sorted(manifest.graphs) == sorted(
        ('image_encoder', 'text_encoder', 'exemplar_encoder', 'detector')
    )
    assert max(manifest.parity.values()) <= 1e-4


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_engines_answer_as_torch_does(student, bundle, backend):
    pytest.importorskip(backend)
    found = differences(load_engine(bundle, backend), list(ask_torch(student)))
    assert max(found.values()) <= 1e-4, found


@pytest.mark.parametrize('trunk', ['repvit_m0_9', 'tiny_vit_5m_224'])
def test_other_trunks_with_upstreams_neck(trunk, tmp_path):
    pytest.importorskip('openvino')
    student = tiny(trunk, 'sam3')
    # The other graphs do not depend on the trunk.
    plan = family_plans(reparameterize(student))['image_encoder']
    about = family_manifest(student.config, 'Apache-2.0')
    manifest = export_bundle({'image_encoder': plan}, tmp_path, about)
    for engine in (OnnxRuntimeEngine(tmp_path, manifest), OpenVinoEngine(tmp_path, manifest)):
        found = differences(engine, list(ask_torch(student))[:1])
        assert max(found.values()) <= 1e-4, (engine, found)


@pytest.mark.slow
@pytest.mark.parametrize(('name', 'size'), [('es_ev_s', 512), ('es_tv_s', 512), ('es_rv_m', 1008)])
def test_a_whole_student_of_each_family(name, size, tmp_path):
    pytest.importorskip('openvino')
    torch.manual_seed(0)
    student = build_student(family_config(name, size=size))
    randomise_norms(student)
    export_family(student, tmp_path, 'Apache-2.0')
    asked = list(ask_torch(student))
    assert len(asked) == 6
    for backend in ('onnxruntime', 'openvino'):
        found = differences(load_engine(tmp_path, backend), asked)
        print(name, size, backend, {key: f'{value:.1e}' for key, value in found.items()})
        assert max(found.values()) <= 1e-4, backend


@pytest.mark.parametrize('boxes', [(), ((0.5, 0.5, 0.4, 0.3),)])
def test_words_and_boxes_take_the_way_that_torch_takes(student, bundle, boxes):
    engine = load_engine(str(bundle))
    rgb = np.random.default_rng(1).integers(0, 255, (SIZE, SIZE, 3), np.uint8)
    image = engine.manifest.preprocess(rgb)
    prompts = PromptSet(engine)
    prompts.replace([Prompt('a red mug', boxes=boxes, box_labels=(1,) * len(boxes))], 4)
    detector = ConceptDetector(engine)
    features = detector.encode_image(image)
    got = detector.detect(features, *prompts.tokens(features))
    with torch.inference_mode():
        levels = student.image_encoder(torch.from_numpy(image))
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


def test_the_tracker_runs_it(bundle):
    tracker = ConceptTracker(load_engine(str(bundle)), TrackerConfig())
    tracker.set_prompts([Prompt('a red mug'), Prompt('screwdriver')])
    rng = np.random.default_rng(0)
    for index in range(3):
        rgb = rng.integers(0, 255, (90, 120, 3), np.uint8)
        result = tracker.step(Frame(rgb, index * 10**8, 'camera'))
        assert (result.height, result.width) == (90, 120)
