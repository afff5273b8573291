"""The end of a run: the bundle, its threshold and gate, the table and the sheet."""

from __future__ import annotations

from pathlib import Path

import torch

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.writing.atomic import replacing, write_text
from training.data.own.export import open_export
from training.data.vocabulary import Vocabulary
from training.finetune.held_out import (
    OperatingChoice,
    answers_of,
    asked_pictures,
    choose,
    comparison,
    questions,
)
from training.finetune.new_bundle import set_operating_point, write_card, write_new_bundle
from training.finetune.setup import new_of
from training.finetune.sheet import draw_sheet
from training.finetune.trainer import FinetuneTrainer

TABLE, SHEET = 'held_out.md', 'held_out.png'


def finish(trainer: FinetuneTrainer, start: Path, out: Path) -> None:
    """Write the bundle of a run's averaged weights, and say what it finds.

    Args:
        trainer: After its last step.
        start: Bundle of the network that it began as.
        out: The new bundle, which takes the place of an older one.

    Raises:
        ExportError: If a graph differs from torch.
        SequenceError: If a held-out picture cannot be read.
        EngineError: If a graph fails.
    """
    config, context = trainer.config, trainer.config.student.text_context
    vocabulary, export = Vocabulary.of(config.vocabulary), open_export(Path(config.own.root))
    new, threads = new_of(config), config.threads
    asked = questions(export, vocabulary)
    known = tuple(item for item in asked if item.word not in new)
    student = trainer.average.cpu().to(memory_format=torch.contiguous_format)
    with replacing(out) as part:
        write_new_bundle(part, student, start, out.name, vocabulary.tokenizer(context))
        pictures = asked_pictures(export, asked)
        after = answers_of(part, pictures, threads)
        before = answers_of(start, asked_pictures(export, known), threads) if known else {}
        old = _own_choice(start)
        chosen = choose(after)
        set_operating_point(part, chosen or old)
        table = comparison((before, old), (after, chosen or old), new)
        about = _about(len(export.train), len(export.held_out), new, chosen)
        write_card(part, Manifest.load(start).name, about, table)
        draw_sheet(trainer.folder / SHEET, part, pictures, threads)
        write_text(trainer.folder / TABLE, f'{table}\n')
    print('\n'.join([*about, table, f'{out}; the held-out pictures: {trainer.folder / SHEET}']))


def _own_choice(bundle: Path) -> OperatingChoice:
    manifest = Manifest.load(bundle)
    return OperatingChoice(manifest.threshold, manifest.presence_gate)


def _about(train: int, held_out: int, new: list[str], chosen: OperatingChoice | None) -> list[str]:
    """Return sentences on pictures, words and threshold."""
    if chosen is None:
        point = (
            'Threshold and gate are those of before: every held-out picture shows every noun, so '
            'nothing tells when to stay silent; add pictures without them.'
        )
    else:
        point = f'Threshold {chosen.threshold:g}, presence gate {chosen.presence_gate:g}.'
    nouns = ', '.join(new) or 'none'
    return [f'{train} pictures to train on, {held_out} held out; new nouns: {nouns}.', point]
