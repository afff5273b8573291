"""The concept fine-tuning: it learns, it resumes exactly, and what is frozen stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from installed import needs
import pytest
from ranks import run_ranks
from rooms import SUPPORT
from sam3_heads import renamed
from tiny_stage1 import write_teacher
from tiny_stage3 import labels_alone, run_config, trainer, with_everything
import torch
from torch import Tensor, nn
from toy_training import log_of

from training.concept.config import ConceptRunConfig
from training.concept.loss_weights import ConceptLossWeights
from training.concept.objective import TERMS, concept_terms, taught_by
from training.losses.one_to_many import OneToMany
from training.network.answering import answers
from training.network.initial_weights import WeightError
from training.network.trained_parts import TrainedPart
from training.runtime.best import BEST
from training.runtime.checkpoint import CHECKPOINT, CheckpointError
from training.settings.reading import ConfigError
from training.stage3 import ConceptTrainer

pytestmark = needs('transformers')
SCRIPT = SUPPORT / 'trainings/concept_rank.py'


@dataclass(frozen=True)
class Finished:
    run: ConceptTrainer
    folder: Path
    before: dict[str, float]
    frozen: dict[str, Tensor]


def frozen_of(run: ConceptTrainer) -> dict[str, Tensor]:
    """Return copies of everything that must not move."""
    kept = {f'teacher.{k}': v.clone() for k, v in run.teacher.model.state_dict().items()}
    for part in ('text_encoder', 'exemplar_encoder'):
        own = run.network.get_submodule(part)
        kept |= {f'{part}.{k}': v.clone() for k, v in own.state_dict().items()}
    statistics = {k: v.clone() for k, v in run.network.named_buffers() if 'running' in k}
    assert statistics
    return kept | statistics


@pytest.fixture(scope='module')
def config(sam3_folder, saco, veval) -> ConceptRunConfig:
    config = run_config(sam3_folder, saco)
    return replace(config, data=replace(config.data, veval=str(veval)))


def on_first(run: ConceptTrainer) -> dict[str, float]:
    with torch.no_grad():
        return run.compute(0, run.data[0])[1]


@pytest.fixture(scope='module')
def finished(config, tmp_path_factory) -> Finished:
    folder = tmp_path_factory.mktemp('finished')
    run = trainer(replace(config, schedule=replace(config.schedule, steps=20)), folder)
    run.set_train_mode()
    before, frozen = on_first(run), frozen_of(run)
    assert run.run()
    return Finished(run, folder, before, frozen)


def test_a_run_lowers_what_it_learns_from_labels(finished):
    after = on_first(finished.run)
    for name in ('box', 'score'):
        assert after[name] < finished.before[name], name


def test_the_teacher_alone_is_followed_without_labels(config, tmp_path):
    weights = dict.fromkeys(('box', 'score', 'presence', 'mask', 'dice', 'appearance'), 0.0)
    config = replace(
        config,
        loss=ConceptLossWeights(**weights),
        schedule=replace(config.schedule, steps=12, learning_rate=3e-3),
    )
    run = trainer(config, tmp_path)
    before = on_first(run)
    run.run()
    after = on_first(run)
    assert after['teacher_presence'] < 0.5 * before['teacher_presence']
    assert after['teacher_score'] < before['teacher_score']


def test_every_term_and_every_figure_of_a_validation_is_logged(finished):
    terms, figures = log_of(finished.folder)
    assert {*TERMS, 'total', 'clipped', 'gradient'} <= terms.keys()
    names = {'cgf1', 'threshold', 'pmf1', 'il_mcc'}
    names |= {'oracle_presence', 'oracle_score', 'oracle_masks'}
    assert {f'val_{name}' for name in names} <= figures.keys()
    best = torch.load(finished.folder / BEST, weights_only=True)
    assert best['monitor'] == 'val_cgf1' and best['student']['name'] == 'es_ev_s'


def test_frozen_weights_and_statistics_are_the_same_bits(finished):
    now = frozen_of(finished.run)
    assert all(torch.equal(now[name], value) for name, value in finished.frozen.items())
    learning = [n for n, p in finished.run.network.named_parameters() if p.requires_grad]
    assert {name.split('.')[0] for name in learning} == {'image_encoder', 'detector'}


def test_parts_learn_at_rates_of_their_own(finished):
    peaks = {group['peak'] for group in finished.run.optimizer.param_groups}
    assert peaks == {5e-4, 1e-3}


def test_one_batch_of_two_is_of_a_clip(finished, config):
    data = finished.run.data
    assert [len(data[n].images) for n in range(4)] == [1, 2, 1, 2]
    first, second = data[1].truths
    assert first.phrases == second.phrases and len(first.phrases) == 3
    # The blue box is out of view in the second frame.
    assert {len(truth.boxes) for truth in (first, second)} <= {1, 2}
    other = data.part(1, 2)
    assert data.part(0, 2)[1].images.shape == other[1].images.shape


def test_the_teacher_alone_tells_of_pictures_without_labels(config, saco, tmp_path):
    data = replace(config.data, unlabeled=str(saco / 'images'), clip_every=2, unlabeled_every=3)
    run = trainer(replace(config, data=data), tmp_path)
    kinds = [(len(run.data[n].images), run.data[n].truths[0].labeled) for n in range(6)]
    # A step of both is of a clip.
    picture, clip, bare = (1, True), (2, True), (1, False)
    assert kinds == [picture, clip, bare, clip, picture, clip]
    orders = [run.data.pictures, run.data.unlabeled.batches, run.data.clips.batches]
    expected = [orders[0][0], orders[2][0], orders[1][0], orders[2][1], orders[0][1]]
    for number, batch in enumerate(expected):
        assert torch.equal(run.data[number].images, batch.images), number
    found = run.update(2, [run.data[2]])
    assert found['box'] == found['score'] == found['presence'] == 0
    assert found['teacher_score'] > 0 and found['teacher_presence'] > 0


def test_what_a_teacher_is_sure_of_says_where_things_are(config, saco, tmp_path):
    data = replace(config.data, unlabeled=str(saco / 'images'), clip_every=2, unlabeled_every=3)
    run = trainer(replace(config, data=data), tmp_path)
    batch = run.data[2]
    (unsure,) = taught_by(run.teacher, batch)
    with torch.no_grad():
        (answer,) = answers(run.network, batch.images, [batch.truths[0].token_ids])
    first = torch.tensor([0])
    sure = replace(
        unsure,
        logits=torch.full_like(unsure.logits, -10.0).index_fill(1, first, 10.0),
        presence=torch.full_like(unsure.presence, 10.0),
        boxes=answer.found.boxes[-1] + 0.01,  # near enough for masks to be learnt
    )
    terms = concept_terms(run.network, batch, [sure])
    found = {name: float(term.detach()) for name, term in terms.items()}
    assert all(found[name] > 0 for name in ('box', 'box_iou', 'mask', 'dice')), found
    # How sure, the teacher's scores tell; and which things of two pictures are the same, nobody.
    assert not any(found[name] for name in ('score', 'presence', 'appearance')), found
    terms['box'].backward()
    parts = run.network.detector.named_parameters()
    learning = {name for name, p in parts if p.grad is not None and p.grad.any()}
    assert any('box' in name for name in learning), learning


def test_a_batch_of_which_nothing_is_asked_teaches_nothing(finished):
    run = finished.run
    batch = run.data[0]
    (truth,) = batch.truths
    empty = replace(
        truth,
        phrases=(),
        token_ids=truth.token_ids[:0],
        positive=truth.positive[:0, :0],
        boxes=truth.boxes[:0],
        masks=truth.masks[:0],
        identity=truth.identity[:0],
    )
    total, metrics = run.compute(0, replace(batch, truths=(empty,)))
    total.backward()
    assert float(total) == 0 and set(metrics) == set(TERMS)
    run.optimizer.zero_grad(set_to_none=True)


def test_queries_on_their_things_learn_masks_through_every_part(finished):
    run = finished.run
    batch = run.data[0]
    (truth,) = batch.truths
    with torch.no_grad():
        (answer,) = answers(run.network, batch.images, [truth.token_ids])
    phrases = truth.positive.int().argmax(0)
    found = answer.found.boxes[-1][phrases, torch.arange(len(phrases))]
    placed = replace(batch, truths=(replace(truth, boxes=found),))
    total, metrics = run.compute(0, placed)
    total.backward()
    assert metrics['box'] == pytest.approx(0, abs=1e-4) and metrics['box_iou'] > 0.99
    assert metrics['mask'] > 0 and metrics['dice'] > 0
    for module in (run.network.detector.mask_head, run.network.image_encoder.trunk):
        assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in module.parameters())
    run.optimizer.zero_grad(set_to_none=True)


def test_several_queries_a_thing_are_learned_where_the_settings_weigh_them(config, tmp_path):
    weights = replace(config.loss, many_box=2.0, many_score=40.0)
    # A fresh network's boxes lie nowhere near.
    anywhere = OneToMany(alpha=0.0, threshold=0.0)
    run = trainer(replace(config, loss=weights, one_to_many=anywhere), tmp_path)
    total, metrics = run.compute(0, run.data[0])
    assert metrics['many_box'] > 0 and metrics['many_score'] > 0
    factors = vars(weights).items()
    expected = sum(factor * metrics[name] for name, factor in factors)
    assert float(total.detach()) == pytest.approx(expected, rel=1e-4)
    run.config = config
    _, without = run.compute(0, run.data[0])
    assert without['many_box'] == without['many_score'] == 0
    same = metrics.keys() - {'many_box', 'many_score'}
    assert {n: without[n] for n in same} == pytest.approx({n: metrics[n] for n in same}, rel=1e-3)


def test_views_and_examples_are_for_training_alone(config, tmp_path):
    run, plain = (
        trainer(each, tmp_path / name)
        for name, each in (('all', with_everything(config)), ('plain', config))
    )
    differ = [not torch.equal(run.data[n].images, plain.data[n].images) for n in range(6)]
    shown = [truth.exemplars for n in range(6) for truth in run.data[n].truths]
    assert any(differ) and any(each is not None and each.valid.any() for each in shown)
    for ours, theirs in zip(run.validation_batches(), plain.validation_batches(), strict=True):
        assert torch.equal(ours.images, theirs.images)
        assert all(truth.exemplars is None for truth in ours.truths)


def test_early_layers_of_the_trunk_learn_more_slowly_if_asked(config, tmp_path):
    schedule = replace(config.schedule, layer_decay=0.9)
    run = trainer(replace(config, schedule=schedule), tmp_path)
    groups = run.optimizer.param_groups
    peaks = {id(p): group['peak'] for group in groups for p in group['params']}
    rates = [peaks[id(p)] for _, p in run.network.image_encoder.trunk.named_parameters()]
    assert rates == sorted(rates) and rates[0] < 0.5 * rates[-1]
    assert rates[-1] == pytest.approx(0.9 * 5e-4)
    learning = [p for p in run.network.parameters() if p.requires_grad]
    assert len(peaks) == len(learning) == sum(len(group['params']) for group in groups)


def test_an_interrupted_run_ends_like_an_uninterrupted_one(config, tmp_path):
    config = with_everything(config)
    config = replace(config, schedule=replace(config.schedule, steps=3))
    trainer(config, tmp_path / 'whole').run()
    assert not trainer(config, tmp_path / 'parts').run(max_steps=1)
    resumed = trainer(config, tmp_path / 'parts')
    assert resumed.first == 1
    resumed.run()
    whole, parts = (
        torch.load(tmp_path / name / CHECKPOINT, weights_only=True) for name in ('whole', 'parts')
    )
    for part in ('model', 'average'):
        assert all(torch.equal(v, parts[part][n]) for n, v in whole[part].items())


def test_two_processes_are_one_that_accumulates(sam3_folder, saco, tmp_path):
    words = [str(sam3_folder), str(saco), str(tmp_path / 'two')]
    run_ranks(SCRIPT, [words, words])
    config = run_config(sam3_folder, saco)
    schedule = replace(config.schedule, steps=2, accumulate=2)
    trainer(replace(config, schedule=schedule), tmp_path / 'one').run()
    one, two = (
        torch.load(tmp_path / name / CHECKPOINT, weights_only=True) for name in ('one', 'two')
    )
    for part in ('model', 'average'):
        for name, value in one[part].items():
            torch.testing.assert_close(two[part][name], value, atol=1e-5, rtol=0, msg=name)


def test_a_run_of_another_teacher_is_not_resumed(config, finished, tmp_path):
    other = write_teacher(tmp_path / 'other', seed=1)
    target = tmp_path / 'run'
    target.mkdir()
    (target / CHECKPOINT).write_bytes((finished.folder / CHECKPOINT).read_bytes())
    with pytest.raises(CheckpointError, match='another teacher'):
        trainer(replace(config, teacher=str(other)), target)


def test_best_weights_start_another_run_and_others_are_refused(config, finished, tmp_path):
    best = str(finished.folder / BEST)
    run = trainer(replace(config, initialize_from=(best,)), tmp_path / 'next')
    state = finished.run.average.state_dict()
    assert all(torch.equal(v, state[n]) for n, v in run.network.state_dict().items())
    entries = torch.load(best, weights_only=True)
    entries['average'].pop('detector.scoring.text_proj.bias')
    torch.save(entries, tmp_path / 'holes.pt')
    with pytest.raises(WeightError, match=r'1 weights are missing.*text_proj\.bias'):
        trainer(replace(config, initialize_from=(str(tmp_path / 'holes.pt'),)), tmp_path / 'x')


def test_without_a_teacher_it_learns_from_labels_alone(config, tmp_path):
    run = trainer(labels_alone(config), tmp_path)
    assert run.teacher is None
    found = run.update(0, [run.data[0]])
    assert found['teacher_score'] == 0 and found['box'] > 0


def test_a_part_that_is_not_there_is_named_with_those_that_are(config, tmp_path):
    config = replace(config, trained=[TrainedPart('detector.scores')])
    with pytest.raises(ConfigError, match=r'detector\.scores.*detector\.scoring'):
        trainer(config, tmp_path)


def test_the_same_weights_give_the_same_answers_as_the_teacher(finished):
    """The student's prompt, CLS token included, and its queries are the teacher's own."""
    run = finished.run
    student, teacher, batch = run.network, run.teacher, run.data[0]
    truth = batch.truths[0]
    weights = renamed(teacher.model.state_dict())
    before = {k: v.clone() for k, v in student.state_dict().items()}
    student.load_state_dict({k: weights.get(k, v) for k, v in before.items()})
    image, text = student.image_encoder, student.text_encoder
    encoded = teacher.encode_text(truth.phrases)
    student.image_encoder = Told(teacher.encode_image(batch.images).levels)
    student.text_encoder = Told((encoded.tokens, encoded.mask.float()))
    student.eval()
    try:
        with torch.no_grad():
            (answer,) = answers(student, batch.images, [truth.token_ids])
            (wanted,) = taught_by(teacher, batch)
            queries = torch.arange(6)
            masks = answer.masks(student, 0, queries)
        torch.testing.assert_close(answer.found.logits[-1], wanted.logits, rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(answer.found.presence, wanted.presence, rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(masks, wanted.mask_logits[0], rtol=1e-3, atol=1e-3)
    finally:
        student.image_encoder, student.text_encoder = image, text
        student.load_state_dict(before)


class Told(nn.Module):
    def __init__(self, said) -> None:
        super().__init__()
        self.said = said

    def forward(self, *asked):
        return self.said
