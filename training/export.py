r"""Export a supervised run as a bundle.

Example:
    python -m training.export --config training/configs/nano.yaml --run runs/nano_tabletop \\
        --out efficientsam3_ros/bundles/nano_tabletop --threshold 0.45 --presence-gate 0.8
"""

from __future__ import annotations

import argparse
from pathlib import Path
import sys

import torch

from efficientsam3_ros.core import BundleError, Manifest, Preprocess
from efficientsam3_ros.core.atomic import replacing
from efficientsam3_ros.model.export.bundle import export_bundle
from efficientsam3_ros.model.export.graph import ExportError
from efficientsam3_ros.model.export.plans import nano_plans
from training.config import ConfigError, SupervisedConfig
from training.export_memory import add_memory
from training.initial_weights import WeightError
from training.supervised import CHECKPOINT, build_student, tokenizer_of


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog='python -m training.export',
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--config', type=Path, required=True, help='YAML settings of the run')
    parser.add_argument('--run', type=Path, required=True, help='run folder with a checkpoint')
    parser.add_argument('--out', type=Path, required=True, help='bundle folder')
    parser.add_argument('--weights', type=Path, help='also write torch weights to continue from')
    parser.add_argument('--memory', type=Path, help='memory.pt to add; see training.export_memory')
    parser.add_argument('--threshold', type=float, default=0.4, help='detection threshold, 0..1')
    parser.add_argument(
        '--presence-gate',
        type=float,
        default=1.0,
        help='presence below which scores shrink, 0..1; 1 multiplies by it, as SAM 3 does',
    )
    arguments = parser.parse_args(argv)
    try:
        config = SupervisedConfig.load(arguments.config)
        student = build_student(config)
        path = arguments.run / CHECKPOINT
        if not path.is_file():
            raise ConfigError(f'{path} does not exist; train first.')
        state = torch.load(path, map_location='cpu', weights_only=True)
        student.load_state_dict(state['average'])
        if arguments.weights:
            with replacing(arguments.weights) as part:
                torch.save(state['average'], part)
        student = student.eval().to(memory_format=torch.contiguous_format)
        tokenizer = tokenizer_of(config)
        about = Manifest(
            name=config.name,
            preprocess=Preprocess(config.student.input_height, config.student.input_width),
            words=tokenizer.words,
            context=tokenizer.context,
            width=config.student.width,
            threshold=arguments.threshold,
            license='Apache-2.0',
            presence_gate=arguments.presence_gate,
        )
        manifest = export_bundle(nano_plans(student), arguments.out, about)
        if arguments.memory:
            manifest = add_memory(arguments.out, arguments.memory)
    except (BundleError, ConfigError, ExportError, WeightError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    size = sum(f.stat().st_size for f in arguments.out.glob('*.onnx')) / 1e6
    for graph, difference in manifest.parity.items():
        print(f'{graph:18s} max relative difference to torch {difference:.1e}')
    print(f'{arguments.out}: {size:.1f} MB, step {state["step"]}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
