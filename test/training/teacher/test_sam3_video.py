"""The video teacher: frame by frame, with phrases and stable numbers."""

from __future__ import annotations

from installed import needs
import pytest
from tiny_sam3 import SIZE, randomize, tokenize, video_config
import torch

from training.teacher.protocol import TeacherError, VideoTeacher
from training.teacher.sam3 import Sam3Teacher
from training.teacher.sam3_video import Sam3VideoTeacher

pytestmark = needs('transformers')


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    from transformers import Sam3VideoModel

    model = Sam3VideoModel(video_config())
    randomize(model)
    place = tmp_path_factory.mktemp('sam3_video')
    model.save_pretrained(place)
    return place


@pytest.fixture(scope='module')
def teacher(folder):
    return Sam3VideoTeacher(folder, tokenizer=tokenize)


def test_objects_keep_number_and_phrase_from_frame_to_frame(teacher):
    typed: VideoTeacher = teacher
    typed.start(['mug', 'bowl'], 48, 64)
    generator = torch.Generator().manual_seed(2)
    frames = [typed.step(torch.randn(3, SIZE, SIZE, generator=generator)) for _ in range(2)]
    assert frames[0].ids == frames[1].ids
    assert set(frames[0].phrases) == {'mug', 'bowl'}
    assert frames[0].phrases == frames[1].phrases
    assert frames[1].mask_logits.shape == (len(frames[1].ids), 16, 16)
    assert torch.isfinite(frames[1].mask_logits).all()


def test_a_new_start_forgets_the_old_video(teacher):
    teacher.start(['cup'], 48, 64)
    found = teacher.step(torch.zeros(3, SIZE, SIZE))
    assert set(found.phrases) == {'cup'}
    assert min(found.ids) == 0


def test_frames_before_a_start_are_refused(folder):
    fresh = Sam3VideoTeacher(folder, tokenizer=tokenize)
    with pytest.raises(TeacherError, match='start'):
        fresh.step(torch.zeros(3, SIZE, SIZE))
    with pytest.raises(TeacherError, match='at least one phrase'):
        fresh.start([], 48, 64)


def test_the_image_teacher_reads_the_same_folder(folder, teacher):
    image = Sam3Teacher(folder, tokenizer=tokenize)
    ours = dict(image.model.named_parameters())
    theirs = dict(teacher.model.detector_model.named_parameters())
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
