r"""Adds a trained video memory to a bundle.

Example:
    python -m training.export_memory --weights runs/nano_memory/memory.pt \\
        --bundle efficientsam3_ros/bundles/nano_tabletop --out runs/nano_memory/bundle
"""

from __future__ import annotations

import argparse
from pathlib import Path
import shutil
import sys

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.manifest import BundleError
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.export.bundle import ExportOptions, export_bundle
from efficientsam3_ros.model.export.graph import ExportError
from efficientsam3_ros.model.export.memory_export import memory_layout, memory_plans
from training.data.clips.clip_features import EncoderIdentity
from training.initial_weights import WeightError
from training.memory.weights import load_memory


def add_memory(folder: Path, weights: Path, options: ExportOptions | None = None) -> Manifest:
    """Write ``track_step`` and ``memorise`` into a bundle; its other graphs stay as they are.

    With ``store_halves`` the weights are rounded to float16 first, and half as large.

    Args:
        folder: The bundle.
        weights: Written by ``training.stage2`` on this bundle's image encoder.
        options: Largest number of objects, tolerance.

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


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog='python -m training.export_memory',
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--weights', type=Path, required=True, help='memory.pt of a run')
    parser.add_argument('--bundle', default='nano_tabletop', help='folder or embedded name')
    parser.add_argument('--out', type=Path, help='new bundle (default: the bundle is extended)')
    parser.add_argument('--max-objects', type=int, default=16, help='tracked in one batch')
    parser.add_argument(
        '--half-weights', action='store_true', help='store the memory by halves, in float16'
    )
    arguments = parser.parse_args(argv)
    try:
        folder = find_bundle(arguments.bundle)
        if arguments.out is not None:
            folder = Path(shutil.copytree(folder, arguments.out, dirs_exist_ok=True))
        options = ExportOptions(
            max_objects=arguments.max_objects, store_halves=arguments.half_weights
        )
        manifest = add_memory(folder, arguments.weights, options)
    except (BundleError, ExportError, WeightError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    for graph in ('track_step', 'memorise'):
        difference = manifest.parity[graph]
        print(f'{graph:18s} max relative difference to torch {difference:.1e}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
