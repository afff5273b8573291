"""The bundle of a run: image encoder and video memory of the one to start with, a new detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
import shutil

from efficientsam3_ros.core import Manifest, WordTokenizer
from efficientsam3_ros.core.writing.atomic import write_text
from efficientsam3_ros.model.export.bundle import ExportOptions, export_bundle
from efficientsam3_ros.model.export.plans import nano_plans
from efficientsam3_ros.model.nano_student import NanoStudent
from training.finetune.held_out import OperatingChoice

_EXPORTED = ('text_encoder', 'detector')


def write_new_bundle(
    folder: Path, student: NanoStudent, start: Path, name: str, tokenizer: WordTokenizer
) -> Manifest:
    """Write graphs and manifest; threshold and gate are those of the bundle to start with.

    Args:
        folder: Receives the bundle; a new one.
        student: The trained network.
        start: Bundle of the network that it began as.
        name: Of the new bundle.
        tokenizer: Its words.

    Raises:
        ExportError: If a graph differs from torch.
        BundleError: If the bundle to start with is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = Manifest.load(start)
    kept = {name: graph for name, graph in before.graphs.items() if name not in _EXPORTED}
    for graph in kept.values():
        shutil.copyfile(start / graph.file, folder / graph.file)
    about = replace(
        before,
        name=name,
        words=tokenizer.words,
        synonyms=tokenizer.synonyms,
        parity={key: value for key, value in before.parity.items() if key in before.graphs},
    )
    plans = nano_plans(student)
    return export_bundle({name: plans[name] for name in _EXPORTED}, folder, about, _limits(before))


def _limits(manifest: Manifest) -> ExportOptions:
    bounds = ExportOptions().bounds() | dict(manifest.bounds)
    return ExportOptions(
        max_prompts=bounds['prompts'],
        max_exemplars=bounds['exemplars'],
        max_tokens=bounds['tokens'],
        max_objects=bounds['objects'],
    )


def set_operating_point(folder: Path, choice: OperatingChoice) -> None:
    """Write threshold and gate into a bundle's manifest."""
    manifest = Manifest.load(folder)
    replace(manifest, threshold=choice.threshold, presence_gate=choice.presence_gate).save(folder)


def write_card(folder: Path, start: str, about: Sequence[str], table: str) -> None:
    """Write what the bundle is and what it finds."""
    lines = [
        f'# {folder.name}',
        '',
        f'Trained further from the bundle `{start}` by `python -m training.finetune`; image',
        'encoder and video memory are unchanged.',
        '',
        *about,
        '',
        'Recall and precision at mask IoU .5 on the held-out pictures, on which threshold and',
        'gate were chosen:',
        '',
        table,
    ]
    write_text(folder / 'README.md', '\n'.join(lines) + '\n')
