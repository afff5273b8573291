r"""Adds a trained video memory to a bundle.

Examples:
    python -m training.export_memory --weights runs/nano_memory/memory.pt \
        --bundle efficientsam3_ros/bundles/nano --out runs/nano_memory/bundle
"""

from __future__ import annotations

from pathlib import Path
import shutil
import sys

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.output_folder import free_name
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.export.bundle import ExportOptions, export_bundle
from efficientsam3_ros.model.export.memory_export import memory_layout, memory_plans
from training.data.clips.clip_features import EncoderIdentity
from training.memory.weights import load_memory
from training.settings.command_line import run_command


def add_memory(folder: Path, weights: Path, options: ExportOptions | None = None) -> Manifest:
    """Write ``track_step`` and ``memorise`` into a bundle; its other graphs stay as they are.

    With ``store_halves`` the weights are rounded to float16 first, and half as large.

    Args:
        folder: The bundle.
        weights: Written by ``training.stage2`` on this bundle's image encoder.
        options: Largest number of objects, and whether halves are stored.

    Raises:
        WeightError: If the weights belong to another image encoder.
        ExportError: If a graph differs from torch.
        BundleError: If the bundle is damaged.
    """
    about = Manifest.load(folder)
    network = load_memory(weights, EncoderIdentity.of(about))
    if options is not None and options.store_halves:
        network = network.half().float()
    layout = memory_layout(network.config)
    return export_bundle(memory_plans(network), folder, about, options, layout)


def export_memory(
    *,
    weights: Path,
    bundle: str = 'nano',
    out: Path | None = None,
    max_objects: int = 16,
    half_weights: bool = False,
    force: bool = False,
) -> None:
    """Add the memory to a bundle.

    Args:
        weights: The memory.pt of a run.
        bundle: Folder or embedded name.
        out: New bundle; if absent, the bundle itself is replaced, and kept as NAME.before-memory.
        max_objects: Tracked in one batch.
        half_weights: Store the memory in float16, half as large.
        force: Replace an older bundle at --out.
    """
    source = find_bundle(bundle).resolve()
    if out is not None:
        check_output(out, (source, weights), kind=ResultKind.BUNDLE, force=force)
    options = ExportOptions(max_objects=max_objects, store_halves=half_weights)
    with replacing(out or source) as part:
        shutil.copytree(source, part)
        manifest = add_memory(part, weights, options)
        if out is None:
            with replacing(free_name(source.with_name(f'{source.name}.before-memory'))) as kept:
                shutil.copytree(source, kept)
    for graph in ('track_step', 'memorise'):
        difference = manifest.parity[graph]
        print(f'{graph:18s} max relative difference to torch {difference:.1e}')


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.export_memory', __doc__, export_memory, argv)


if __name__ == '__main__':
    sys.exit(main())
