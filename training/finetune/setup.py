"""From what a user names to the settings of a run, and what is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from omegaconf import OmegaConf

from efficientsam3_ros.evaluation.run.text_table import text_table
from training.data.own.export import instances_of, open_export
from training.data.own.nouns import new_nouns
from training.data.sources.config import SourcesConfig
from training.data.vocabulary import Vocabulary
from training.finetune.settings import FinetuneConfig, OwnConfig
from training.finetune.start import Start
from training.settings.reading import ConfigError, build


def make_config(
    start: Start, own: Path, without: Sequence[str], overrides: Sequence[str]
) -> FinetuneConfig:
    """Return the settings of a run.

    Args:
        start: What it starts with.
        own: Folder of the export.
        without: Nouns that are to count as unknown.
        overrides: Settings as ``KEY=VALUE``.

    Raises:
        ConfigError: If a setting is unknown or misfit.
        SequenceError: If the export cannot be used.
        NounError: If one of its categories cannot be asked for.
        ValueError: If a noun to be left out is not there.
    """
    begun = FinetuneConfig.load(start.settings)
    before = begun.vocabulary
    known = replace(before, without=[*before.without, *without])
    export, context = open_export(own), begun.student.text_context
    more = new_nouns(export.categories, Vocabulary.of(known), context)
    fresh = FinetuneConfig()
    config = replace(
        fresh,
        student=begun.student,
        initialize_from=str(start.weights),
        start_vocabulary=before,
        vocabulary=replace(known, more=[*known.more, *more]),
        own=OwnConfig(str(own)),
        data=replace(fresh.data, sources=SourcesConfig()),
        # The image encoder stays, and own nouns are not what YOLOX knows.
        loss=replace(begun.loss, teacher_naming=0.0, distillation=0.0),
    )
    entries = OmegaConf.to_container(OmegaConf.structured(config))
    made = build(FinetuneConfig, entries, 'training.finetune', overrides)
    for name in ('teacher_naming', 'distillation'):
        if getattr(made.loss, name):
            raise ConfigError(f'loss.{name} is for training.supervised only; leave it out.')
    return made


def new_of(config: FinetuneConfig) -> list[str]:
    """Return the nouns that the weights to start with did not know."""
    return [n for n in config.vocabulary.more if n not in config.start_vocabulary.more]


def told(config: FinetuneConfig) -> str:
    """Return what is trained on, as text for people."""
    export, vocabulary = open_export(Path(config.own.root)), Vocabulary.of(config.vocabulary)
    train, back = instances_of(export.train), instances_of(export.held_out)
    new = new_of(config)
    rows = []
    for category in export.categories:
        noun = vocabulary.canonical(category) or ''
        kind = 'new' if noun in new else 'known'
        rows.append([category, noun, kind, str(train[category]), str(back[category])])
    head = ['category', 'asked as', '', 'masks', 'held out']
    return '\n'.join(
        [
            *(f'note: {note}' for note in export.notes),
            f'{len(export.train)} pictures to train on, {len(export.held_out)} held out',
            text_table([head, *rows], 3),
        ]
    )
