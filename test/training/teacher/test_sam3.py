"""The image teacher: loads from a folder, is frozen, and answers as SAM 3 does."""

from __future__ import annotations

from dataclasses import replace

from installed import needs
import pytest
from tiny_sam3 import SIZE, WIDTH, randomize, sam3_config, tokenize
import torch

from efficientsam3_ros.model.student import sam3_preprocess
from training.teacher import find
from training.teacher.find import teacher_folder
from training.teacher.identity import weights_digest
from training.teacher.loading import clip_tokenizer
from training.teacher.protocol import Teacher, TeacherError, TeacherFeatures, TeacherPrompt
from training.teacher.sam3 import Sam3Teacher

pytestmark = needs('transformers')


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    from transformers import Sam3Model

    model = Sam3Model(sam3_config())
    randomize(model)
    place = tmp_path_factory.mktemp('sam3')
    model.save_pretrained(place)
    return place


@pytest.fixture(scope='module')
def teacher(folder):
    return Sam3Teacher(folder, tokenizer=tokenize)


@pytest.fixture(scope='module')
def reference(folder):
    from transformers import Sam3Model

    return Sam3Model.from_pretrained(folder).eval()


@pytest.fixture(scope='module')
def image():
    return torch.randn(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


def _reference_with_cls(reference, image, phrase):
    """Run the parts of SAM 3 by hand, the CLS token appended to the text."""
    ids, mask = tokenize([phrase])
    vision = reference.get_vision_features(image)
    levels, positions = vision.fpn_hidden_states[:-1], vision.fpn_position_encoding[:-1]
    text = reference.get_text_features(ids, mask).pooler_output
    encoder = reference.geometry_encoder
    token = encoder.prompt_layer_norm(encoder.final_proj(encoder.cls_embed.weight[None]))
    flat = [m.flatten(2).transpose(1, 2) for m in (levels[-1], positions[-1])]
    for layer in encoder.layers:
        token = layer(prompt_feats=token, vision_feats=flat[0], vision_pos_encoding=flat[1],
                      prompt_mask=None)  # fmt: skip
    prompt = torch.cat([text, encoder.output_layer_norm(token)], 1)
    valid = torch.cat([mask.bool(), torch.ones(1, 1, dtype=torch.bool)], 1)
    memory = reference.detr_encoder(
        vision_features=[levels[-1]],
        text_features=prompt,
        vision_pos_embeds=[positions[-1]],
        text_mask=valid,
    )
    decoded = reference.detr_decoder(
        vision_features=memory.last_hidden_state,
        text_features=memory.text_features,
        vision_pos_encoding=memory.pos_embeds_flattened,
        text_mask=valid,
        spatial_shapes=memory.spatial_shapes,
    )
    logits = reference.dot_product_scoring(
        decoder_hidden_states=decoded.intermediate_hidden_states,
        text_features=memory.text_features,
        text_mask=valid,
    )
    return logits[-1].squeeze(-1), decoded.presence_logits[-1][:, 0]


def test_it_fulfils_the_protocol_and_names_its_preprocess(teacher):
    typed: Teacher = teacher
    assert (typed.preprocess.height, typed.preprocess.width) == (SIZE, SIZE)
    assert typed.preprocess.mean == typed.preprocess.std == (0.5, 0.5, 0.5)
    # Teacher and students see the same pixels.
    assert typed.preprocess == sam3_preprocess(SIZE)


def test_features_are_the_trunk_and_three_levels(teacher, reference, image):
    found = teacher.encode_image(image)
    expected = reference.get_vision_features(image)
    assert [tuple(level.shape[1:]) for level in found.levels] == [
        (WIDTH, 16, 16),
        (WIDTH, 8, 8),
        (WIDTH, 4, 4),
    ]
    for level, other in zip(found.levels, expected.fpn_hidden_states[:3]):
        torch.testing.assert_close(level, other)
    assert found.trunk.shape == (1, WIDTH, 4, 4)
    # The neck's input: one cell beside another in a row, not in a column.
    torch.testing.assert_close(found.trunk[0, :, 0, 1], expected.last_hidden_state[0, 1])


def test_box_prompts_equal_transformers(teacher, reference, image):
    boxes, labels = (
        torch.tensor([[0.4, 0.5, 0.3, 0.2], [0.7, 0.2, 0.1, 0.1]]),
        torch.tensor([1, 0]),
    )
    ids, mask = tokenize(['mug'])
    expected = reference(
        pixel_values=image,
        input_ids=ids,
        attention_mask=mask,
        input_boxes=boxes[None],
        input_boxes_labels=labels[None],
    )
    found = teacher.detect(teacher.encode_image(image), [TeacherPrompt('mug', boxes, labels)])
    torch.testing.assert_close(found.logits, expected.pred_logits)
    torch.testing.assert_close(found.mask_logits, expected.pred_masks, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found.presence, expected.presence_logits[:, 0])
    corners = expected.pred_boxes
    torch.testing.assert_close(found.boxes[..., 2], corners[..., 2] - corners[..., 0])
    torch.testing.assert_close(found.boxes[..., 1], (corners[..., 1] + corners[..., 3]) / 2)


@torch.no_grad()
def test_text_only_prompts_carry_the_cls_token(teacher, reference, image):
    logits, presence = _reference_with_cls(reference, image, 'mug')
    found = teacher.detect(teacher.encode_image(image), [TeacherPrompt('mug')])
    torch.testing.assert_close(found.logits, logits, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found.presence, presence, atol=1e-5, rtol=1e-5)
    ids, mask = tokenize(['mug'])
    plain = reference(pixel_values=image, input_ids=ids, attention_mask=mask)
    difference = (found.logits - plain.pred_logits).abs().max()
    assert difference > 0.01, 'without the token, results would be others'


def test_prompts_are_answered_in_their_order(teacher, image):
    features = teacher.encode_image(image)
    both = teacher.detect(features, [TeacherPrompt('mug'), TeacherPrompt('bowl')])
    bowl = teacher.detect(features, [TeacherPrompt('bowl')])
    assert both.logits.shape == (2, 5)
    assert both.semantic_logits.shape == (2, 16, 16)
    torch.testing.assert_close(both.mask_logits[1:], bowl.mask_logits)


def test_weights_are_frozen_but_gradients_reach_a_students_features(teacher, image):
    assert not any(p.requires_grad for p in teacher.model.parameters())
    assert not teacher.model.training
    levels = tuple(level.clone().requires_grad_() for level in teacher.encode_image(image).levels)
    teacher.detect(TeacherFeatures(levels), [TeacherPrompt('mug')]).mask_logits.sum().backward()
    assert all(level.grad is not None and level.grad.abs().sum() > 0 for level in levels)


def test_levels_follow_from_the_trunk(teacher, image):
    seen = teacher.encode_image(image)
    found = teacher.features_of(seen.trunk)
    for level, other in zip(found.levels, seen.levels):
        torch.testing.assert_close(level, other, atol=1e-5 * float(other.abs().max()), rtol=0)


def test_its_identity_is_that_of_weights_and_preprocess(teacher, folder, tmp_path):
    assert Sam3Teacher(folder, tokenizer=tokenize).identity == teacher.identity
    for name in ('config.json', 'model.safetensors'):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert weights_digest(tmp_path) == teacher.identity.weights
    text = (tmp_path / 'config.json').read_text()
    (tmp_path / 'config.json').write_text(text + ' ')
    assert weights_digest(tmp_path) != teacher.identity.weights
    assert teacher.identity.difference(replace(teacher.identity, preprocess='x')) == 'preprocess'


def test_a_name_is_a_folder_or_a_repository_in_the_cache(folder, tmp_path, monkeypatch):
    assert teacher_folder(str(folder)) == folder
    for name in ('facebook/sam3', str(tmp_path / 'none')):
        with pytest.raises(TeacherError, match='efficientsam3 download sam3'):
            teacher_folder(name)
    asked = []

    def fetch(client, name, options):
        asked.append((name, options.offline))
        return folder

    monkeypatch.setattr(find, 'fetch_folder', fetch)
    assert teacher_folder('facebook/sam3') == folder
    assert asked == [('facebook/sam3', True)]


def test_several_images_at_once_are_refused(teacher):
    features = teacher.encode_image(torch.zeros(2, 3, SIZE, SIZE))
    with pytest.raises(TeacherError, match='one image at a time'):
        teacher.detect(features, [TeacherPrompt('mug')])


def test_a_folder_without_a_model_says_what_to_download(tmp_path):
    with pytest.raises(TeacherError, match='efficientsam3 download sam3'):
        Sam3Teacher(tmp_path, tokenizer=tokenize)


def test_phrases_are_tokenised_as_clip_does_unless_told_otherwise():
    ids, mask = clip_tokenizer(8)(['red mug', 'mug'])
    assert ids[:, 0].tolist() == [49406, 49406]
    assert ids[1].tolist()[2:] == [49407, 0, 0, 0, 0, 0]
    assert mask.tolist() == [[1] * 4 + [0] * 4, [1] * 3 + [0] * 5]


def test_missing_weights_are_refused_instead_of_randomised(folder, tmp_path):
    from safetensors.torch import load_file, save_file

    state = load_file(folder / 'model.safetensors')
    kept = {k: v for k, v in state.items() if not k.startswith('geometry_encoder.')}
    save_file(kept, tmp_path / 'model.safetensors', {'format': 'pt'})
    (tmp_path / 'config.json').write_text((folder / 'config.json').read_text())
    with pytest.raises(TeacherError, match=r'missing.*geometry_encoder'):
        Sam3Teacher(tmp_path, tokenizer=tokenize)
