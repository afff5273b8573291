"""Training on own pictures: what learns, what stays, and that a run resumes."""

from __future__ import annotations

from dataclasses import replace

from lightning_fabric import Fabric
from own_export import some_pictures, write_json, write_pictures
import pytest
import torch

from efficientsam3_ros.model.image.yolox.trunk import HEAD_WIDTH
from efficientsam3_ros.model.nano_config import NanoConfig
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.config import InputSize
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.finetune.growing import WORDS, grown_words
from training.finetune.settings import FinetuneConfig, FinetuneSchedule, OwnConfig
from training.finetune.trainer import FinetuneTrainer

STUDENT = NanoConfig(input_height=48, input_width=64, width=16, queries=4, heads=2)


@pytest.fixture(scope='module')
def config(tmp_path_factory) -> FinetuneConfig:
    root = tmp_path_factory.mktemp('own')
    write_pictures(root / 'images', some_pictures(10))
    write_json(root / 'instances.json', some_pictures(10))
    torch.manual_seed(3)
    start = VocabularyConfig('simulated')
    words = Vocabulary.of(start).tokenizer(6).size
    network = NanoStudent(replace(STUDENT, vocabulary_size=words))
    weights = tmp_path_factory.mktemp('weights') / 'start.pt'
    torch.save(network.state_dict(), weights)
    fresh = FinetuneConfig()
    return replace(
        fresh,
        student=STUDENT,
        initialize_from=str(weights),
        start_vocabulary=start,
        vocabulary=VocabularyConfig('simulated', ['bolt', 'nut']),
        own=OwnConfig(str(root)),
        data=replace(fresh.data, scenes=1, phrases=3),
        schedule=FinetuneSchedule(
            steps=2,
            warmup=1,
            sizes=[InputSize(48, 64, 2)],
            checkpoint_every=1,
            validate_every=2,
            validation_batches=1,
        ),
    )


def trainer(config, folder) -> FinetuneTrainer:
    return FinetuneTrainer(config, folder, Fabric(accelerator='cpu', devices=1))


def test_only_the_detector_and_new_words_learn_and_a_run_resumes(config, tmp_path):
    run = trainer(config, tmp_path / 'run')
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    run.run()
    after = run.network.state_dict()
    changed = {name for name in after if not torch.equal(before[name], after[name])}
    assert {name.partition('.')[0] for name in changed} == {'detector', 'text_encoder'}
    assert [name for name in changed if name.startswith('text')] == [WORDS]
    rows = (before[WORDS] != after[WORDS]).any(1)
    assert rows.tolist() == [*([False] * (len(rows) - 2)), True, True]
    assert trainer(config, tmp_path / 'run').first == 2
    logged = (tmp_path / 'run' / 'metrics.jsonl').read_text()
    assert 'val_matched_iou' in logged


def test_keeping_costs_nothing_until_something_changes(config, tmp_path):
    run = trainer(config, tmp_path / 'run')
    known = [torch.randn(2, 64, HEAD_WIDTH), torch.zeros(2, 64, 1), torch.rand(2, 64, 4)]
    levels = (torch.zeros(0), torch.randn(2, 16, 6, 8), torch.zeros(0), torch.cat(known, -1))
    assert run.keeping(run.network, levels, 0).item() == pytest.approx(0, abs=1e-6)
    with torch.no_grad():
        for parameter in run.network.detector.parameters():
            parameter.mul_(1.3)
    assert run.keeping(run.network, levels, 0).item() > 0.01


def test_cheap_steps_come_first_and_the_final_size_last():
    small, full = FinetuneSchedule(steps=100).sizes_of(
        NanoConfig(input_height=288, input_width=384)
    )
    assert (small.height, small.width, small.until) == (192, 256, 65)
    assert (full.height, full.width, full.until) == (288, 384, 100)


def test_known_words_keep_their_rows_wherever_they_stand():
    table = torch.arange(10.0).reshape(5, 2)
    grown = grown_words(table, ('mug', 'object', 'red'), ('object', 'red', 'bolt'), seed=0)
    assert torch.equal(grown.table[:4], table[[0, 1, 3, 4]])
    assert grown.new.tolist() == [False, False, False, False, True]
    assert 0 < (grown.table[4] - table[3]).abs().max() < 1, 'close to "object"'
