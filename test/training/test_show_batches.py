"""From a YAML file to batches of a mixture, and to a picture of them."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from efficientsam3_ros.core import WordTokenizer
from efficientsam3_ros.simulation.vocabulary import ALL_WORDS
from training.data.vocabulary import Vocabulary
from training.detector.config import SupervisedConfig
from training.detector.opening import open_batches
from training.show_batches import main
from training.supervised import tokenizer_of

TEXT = """
vocabulary: {{base: household}}
student: {{input_height: 64, input_width: 96}}
data:
  scenes: 2
  views: 2
  phrases: 3
  sources:
    coco: {{root: '{coco}', share: 1}}
    pasted: {{cutouts: '{cutouts}', share: 1}}
schedule:
  steps: 6
  validation_batches: 2
  sizes: [{{height: 64, width: 96, until: 6}}]
"""


@pytest.fixture
def settings(tmp_path, coco_folder, cutout_folder) -> Path:
    path = tmp_path / 'mixed.yaml'
    path.write_text(TEXT.format(coco=coco_folder, cutouts=cutout_folder))
    return path


def test_a_mixture_is_opened_as_the_file_says(settings, coco_folder, cutout_folder):
    config = SupervisedConfig.load(settings)
    train, validation = open_batches(config)
    assert (len(train), len(validation)) == (6, 2)
    assert train[5].images.shape == validation[1].images.shape == (4, 3, 64, 96)
    assert {coco_folder, cutout_folder} <= set(config.inputs())
    alone = SupervisedConfig.load(settings, ['data.sources.pasted.share=0'])
    assert [source.name for source in open_batches(alone)[0].sources] == ['coco']


def test_old_settings_keep_their_words():
    assert tokenizer_of(SupervisedConfig()) == WordTokenizer(ALL_WORDS, 6)


def test_the_words_of_a_mixture_have_synonyms(settings):
    config = SupervisedConfig.load(settings)
    tokenizer = tokenizer_of(config)
    assert tokenizer.read_as('cell phones') == ('phone',)
    assert len(Vocabulary.of(config.vocabulary).nouns) > 100


def test_a_sheet_is_drawn_for_every_batch(settings, tmp_path):
    out = tmp_path / 'sheets'
    assert main(['--config', str(settings), '--out', str(out), '--batches', '1']) == 0
    sheet = cv2.imread(str(out / 'batch_000.png'))
    assert sheet.shape[1] == 4 * 96 and sheet[:64].std() > 5
    assert main(['--config', str(settings), '--out', str(out)]) == 2
