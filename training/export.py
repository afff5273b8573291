r"""Exports a supervised run as a bundle.

Examples:
    python -m training.export --run runs/nano --out my_bundle --threshold 0.45 --presence-gate 0.8
    python -m training.export --run runs/nano --out my_bundle --memory runs/nano_memory/memory.pt
    python -m training.export --run runs/nano --out runs/nano/bundle --half-weights \
        --weights runs/nano/weights.pt
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
import shutil
import sys

import torch
from torch import Tensor

from efficientsam3_ros.core import Manifest, Preprocess
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.model.export.bundle import ExportOptions, export_bundle
from efficientsam3_ros.model.export.plans import nano_plans
from training.detector.config import SupervisedConfig
from training.export_memory import add_memory
from training.runtime.best import BEST
from training.runtime.checkpoint import CHECKPOINT, SETTINGS
from training.settings.command_line import run_command
from training.settings.reading import ConfigError
from training.supervised import build_student, tokenizer_of


def export(
    *,
    run: Path,
    out: Path,
    config: Path | None = None,
    weights: Path | None = None,
    memory: Path | None = None,
    threshold: float = 0.4,
    presence_gate: float = 1.0,
    half_weights: bool = False,
    best: bool = False,
    force: bool = False,
) -> None:
    """Export the averaged weights.

    Args:
        run: Run folder with a checkpoint.
        out: Bundle folder.
        config: YAML settings, if not those that the run has kept.
        weights: Also write torch weights to continue from.
        memory: A memory.pt to add; see training.export_memory.
        threshold: Detection threshold, 0..1.
        presence_gate: Presence below which scores shrink, 0..1; 1 multiplies by it, as SAM 3
            does.
        half_weights: Round all weights to float16. Bundle and torch weights then hold the same
            numbers; the torch weights and the memory are half as large.
        best: Take the weights of the best validation, not those of the last checkpoint.
        force: Replace an older bundle at --out.
    """
    checkpoint = run / (BEST if best else CHECKPOINT)
    if not checkpoint.is_file():
        raise ConfigError(f'{checkpoint} does not exist; train first.')
    inputs = (checkpoint, config or run / SETTINGS, memory)
    check_output(out, inputs, kind=ResultKind.BUNDLE, force=force)
    if weights:
        check_output(weights, inputs, force=True, own_file=lambda path: path.suffix == '.pt')
    settings = SupervisedConfig.load(config or run / SETTINGS)
    # All weights are the run's own, so nothing that it started with is read again.
    student = build_student(replace(settings, trunk_weights='', initialize_from=''))
    state = torch.load(checkpoint, map_location='cpu', weights_only=True)
    average = halves(state['average']) if half_weights else state['average']
    student.load_state_dict(average)
    if weights:
        with replacing(weights) as part:
            torch.save(average, part)
    tokenizer = tokenizer_of(settings)
    about = Manifest(
        name=settings.name,
        preprocess=Preprocess(settings.student.input_height, settings.student.input_width),
        words=tokenizer.words,
        synonyms=tokenizer.synonyms,
        context=tokenizer.context,
        width=settings.student.width,
        threshold=threshold,
        license='Apache-2.0',
        presence_gate=presence_gate,
    )
    plans = nano_plans(student.eval().to(memory_format=torch.contiguous_format))
    with replacing(out) as part:
        if out.is_dir():  # a model card, say
            shutil.copytree(out, part)
        manifest = export_bundle(plans, part, about)
        if memory:
            manifest = add_memory(part, memory, ExportOptions(store_halves=half_weights))
    size = sum(f.stat().st_size for f in out.glob('*.onnx')) / 1e6
    for graph, difference in manifest.parity.items():
        print(f'{graph:18s} max relative difference to torch {difference:.1e}')
    print(f'{out}: {size:.1f} MB, step {state["step"]}')


def halves(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a state dict with its floating-point tensors in float16."""
    return {name: x.half() if x.is_floating_point() else x for name, x in state.items()}


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.export', __doc__, export, argv)


if __name__ == '__main__':
    sys.exit(main())
