"""A student of the family as a bundle: the tracker runs it, and it answers as torch does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from efficientsam3_ros.core import Frame, Manifest, Prompt
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.model.detector_config import DetectorConfig
from efficientsam3_ros.model.export_graph import aligned
from efficientsam3_ros.model.export_plans import family_plans
from efficientsam3_ros.model.family import FamilyConfig, FamilyStudent
from efficientsam3_ros.model.family_export import export_family
from efficientsam3_ros.model.mobileclip import TextSpec
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


@pytest.fixture(scope='module')
def student() -> FamilyStudent:
    torch.manual_seed(0)
    text = TextSpec('tiny', 3, 32, 4, repmixer=True)
    config = FamilyConfig('es_ev_s', TRUNKS['efficientvit_b0'], text, 'lean', SIZE, 16, DETECTOR)
    student = FamilyStudent(config).eval()
    for parameter in student.detector.parameters():
        parameter.data.normal_(0, 0.3)
    return student


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


def test_openvino_answers_like_onnxruntime(student, bundle):
    pytest.importorskip('openvino')
    reference, other = (load_engine(str(bundle), name) for name in ('onnxruntime', 'openvino'))
    for name, plan in family_plans(student).items():
        feed = {key: value.numpy() for key, value in plan.inputs.items()}
        expected, got = (engine.run(name, feed) for engine in (reference, other))
        pairs = [(other.to_numpy(got[o]), reference.to_numpy(expected[o])) for o in plan.outputs]
        for left, right in aligned(pairs, plan.outputs) if plan.ranked else pairs:
            np.testing.assert_allclose(left, right, atol=1e-4 * np.abs(right).max(), err_msg=name)


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
