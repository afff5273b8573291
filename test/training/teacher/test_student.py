"""A student as teacher answers as it would itself, and is what its folder says."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.image.neck_sam3 import Sam3Neck
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.part_configs import MaskDecoderConfig, PerceiverConfig
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.registry import student_config
from efficientsam3_ros.model.sizes import StudentSizes
from efficientsam3_ros.model.student import Student, sam3_preprocess
from efficientsam3_ros.model.student_memory import student_memory
from efficientsam3_ros.model.text.mobileclip import TextSpec
from efficientsam3_ros.model.weights.store import WeightsInfo, read_info, write_weights
from efficientsam3_ros.model.weights.video import load_student_with_tracker, tracker_state
from training.network.answering import answer
from training.teacher.identity import TeacherIdentity
from training.teacher.opening import open_teacher
from training.teacher.protocol import Teacher, TeacherError, TeacherFeatures, TeacherPrompt
from training.teacher.student import StudentTeacher

SIZE, WIDTH = 112, 16
SIZES = StudentSizes(
    trunk_width=32,
    stride=16,
    detector=DetectorConfig(WIDTH, 2, 16, 1, 1, 1, 4, exemplar_bins=2, kept_queries=None),
    text=TextSpec('toy', 1, 8, 2),
    memory=MemoryConfig(
        grid=(8, 8),
        width=WIDTH,
        memory_width=8,
        attention_width=16,
        feedforward=16,
        perceiver=PerceiverConfig(2, (2, 2), depth=1),
        decoder=MaskDecoderConfig(
            layers=1, heads=2, feedforward=16, upscaling=(8, 8), level_channels=(WIDTH, WIDTH)
        ),
    ),
)
WHO = TeacherIdentity('w', 'p')


def made(**changes) -> Student:
    torch.manual_seed(0)
    config = student_config('es_ev_s', size=SIZE, sizes=SIZES)
    return Student(replace(config, **changes)).eval()


@pytest.fixture(scope='module')
def teacher() -> StudentTeacher:
    return StudentTeacher(made(), WHO)


@pytest.fixture(scope='module')
def features(teacher) -> TeacherFeatures:
    image = torch.randn(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    return teacher.encode_image(image)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp('weights') / 'teacher'
    student = made(tracker_neck=True)
    memory = VideoMemory(student_memory(student.config, 'dense'))
    info = WeightsInfo(
        'es_ev_s', 'sam3', 's0', 16, sam3_preprocess(SIZE), (), '', 'Apache-2.0', True, SIZES
    )
    state = {**student.state_dict(), **tracker_state(student, memory)}
    write_weights(state, info, place)
    return place, student, memory


def test_sizes_set_what_stands_around_the_trunk(features):
    # The trunk ends at stride 16: 7 x 7 cells become the grid of 8 x 8.
    trunk = made().image_encoder.trunk
    assert len(trunk.stages) == 3 and trunk(torch.zeros(1, 3, SIZE, SIZE))[-1].shape[-1] == 7
    assert features.trunk.shape == (1, 32, 8, 8)
    assert [tuple(level.shape[1:]) for level in features.levels] == [
        (WIDTH, 32, 32),
        (WIDTH, 16, 16),
        (WIDTH, 8, 8),
    ]
    with pytest.raises(ValueError, match='keep stride 32'):
        student_config('es_ev_s', neck='lean', sizes=SIZES)
    with pytest.raises(ValueError, match='strides'):
        student_config('es_ev_s', sizes=replace(SIZES, stride=20))


def test_it_fulfils_the_protocol_and_is_frozen(teacher):
    typed: Teacher = teacher
    assert typed.preprocess == sam3_preprocess(SIZE)
    assert not any(p.requires_grad for p in teacher.model.parameters())


@torch.no_grad()
def test_a_phrase_is_answered_as_the_student_does(teacher, features):
    found = teacher.detect(features, [TeacherPrompt('mug')])
    ids = teacher._ids(['mug'])
    own = answer(teacher.model, features.levels, ids)
    torch.testing.assert_close(found.logits, own.found.logits[-1])
    masks = own.masks(teacher.model, 0, torch.arange(4))
    torch.testing.assert_close(found.mask_logits[0], masks)
    assert found.semantic_logits.shape == (1, 32, 32)


@torch.no_grad()
def test_prompts_with_more_and_fewer_exemplars_do_not_touch_each_other(teacher, features):
    boxes = torch.tensor([[0.4, 0.5, 0.3, 0.2], [0.7, 0.2, 0.1, 0.1]])
    prompts = [
        TeacherPrompt('visual', boxes, torch.tensor([1, 0])),
        TeacherPrompt('mug'),
        TeacherPrompt('visual', boxes[:1]),
    ]
    together = teacher.detect(features, prompts)
    for row, prompt in enumerate(prompts):
        alone = teacher.detect(features, [prompt])
        torch.testing.assert_close(together.logits[row], alone.logits[0], atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(together.boxes[row], alone.boxes[0], atol=1e-5, rtol=1e-4)
    difference = (together.mask_logits[0] - together.mask_logits[2]).abs().max()
    assert difference > 1e-5, 'a counter-example counts'


def test_gradients_reach_a_students_features(teacher, features):
    first, second, third = (level.clone().requires_grad_() for level in features.levels)
    found = teacher.detect(TeacherFeatures((first, second, third)), [TeacherPrompt('mug')])
    found.mask_logits.sum().backward()
    assert all(level.grad.abs().sum() > 0 for level in (first, second, third))


def test_levels_follow_from_the_trunk(teacher, features):
    found = teacher.features_of(features.trunk)
    for level, other in zip(found.levels, features.levels):
        torch.testing.assert_close(level, other)
    neck = Sam3Neck(64, SIZE, WIDTH, trunk_width=32)
    neck.fpn_layers.load_state_dict(teacher.pyramid_state())


def test_its_folder_is_a_teacher_and_holds_the_tracker(folder):
    place, student, memory = folder
    assert read_info(place).sizes == SIZES
    opened = open_teacher(str(place))
    assert isinstance(opened, StudentTeacher)
    assert opened.identity == TeacherIdentity(
        read_info(place).sha256, sam3_preprocess(SIZE).digest()
    )
    state = student.state_dict()
    assert all(torch.equal(v, state[k]) for k, v in opened.model.state_dict().items())
    base, tracker = load_student_with_tracker(place, SIZE)
    assert all(torch.equal(v, state[k]) for k, v in base.state_dict().items())
    known = memory.state_dict()
    assert all(torch.equal(v, known[k]) for k, v in tracker.state_dict().items())


def test_another_neck_several_images_and_no_prompt_are_refused(teacher, features):
    lean = Student(replace(made().config, trunk=_whole(), neck='lean'))
    with pytest.raises(TeacherError, match='neck of a teacher is sam3'):
        StudentTeacher(lean, WHO)
    with pytest.raises(TeacherError, match='at least one prompt'):
        teacher.detect(features, [])
    two = teacher.encode_image(torch.zeros(2, 3, SIZE, SIZE))
    with pytest.raises(TeacherError, match='one image at a time'):
        teacher.detect(two, [TeacherPrompt('mug')])


def _whole():
    return student_config('es_ev_s').trunk


def test_proposals_of_two_networks_start_from_the_same_places():
    detector = replace(SIZES.detector, query_selection='proposals')
    config = student_config('es_ev_s', size=SIZE, sizes=replace(SIZES, detector=detector))
    torch.manual_seed(0)
    teacher = StudentTeacher(Student(config), WHO)
    generator = torch.Generator().manual_seed(1)
    one, two = (
        teacher.encode_image(torch.randn(1, 3, SIZE, SIZE, generator=generator)) for _ in range(2)
    )
    asked = [TeacherPrompt('red cup'), TeacherPrompt('fork')]
    own, other = teacher.detect(one, asked), teacher.detect(two, asked)
    assert own.places is not None and own.places.shape == (2, 4)
    assert not torch.equal(own.places, other.places)
    moved = teacher.detect(two, asked, own.places)
    assert torch.equal(moved.places, own.places)
    assert not torch.allclose(moved.logits, other.logits)
    torch.testing.assert_close(teacher.detect(one, asked, own.places).logits, own.logits)
