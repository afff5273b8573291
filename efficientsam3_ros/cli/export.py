"""``efficientsam3 export``: a student as a bundle that the tracker loads."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from efficientsam3_ros.cli.export_check import ENGINE, with_openvino
from efficientsam3_ros.cli.export_network import add_network_options, chosen_network
from efficientsam3_ros.cli.support.options import OptionError, fresh
from efficientsam3_ros.cli.support.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from efficientsam3_ros.core import Manifest, Preprocess
    from efficientsam3_ros.model.export.bundle import ExportOptions

EXAMPLES = """\
  efficientsam3 download es_ev_m --keep-tracker --out weights/es_ev_m
  efficientsam3 export es_ev_m --weights weights/es_ev_m --out bundles/es_ev_m
  efficientsam3 export es_ev_m --weights weights/es_ev_m --engine openvino --precision fp16 \\
      --size 512 --out bundles/es_ev_m_512
  efficientsam3 export es_rv_s --weights weights/es_rv_s --precision int8 --calibrate frames/ \\
      --out bundles/es_rv_s_int8
  efficientsam3 export es_ev_m --weights weights/es_ev_m --memory none --out bundles/detections
  efficientsam3 export es_ev_m --random-weights --memory perceiver --neck lean \\
      --max-objects 8 --out bundles/speed_only"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    add_network_options(parser)
    parser.add_argument('--out', type=Path, required=True, help='folder for the bundle')
    parser.add_argument('--force', action='store_true', help='replace an existing --out')
    parser.add_argument(
        '--engine',
        choices=('onnx', 'openvino', 'tensorrt'),
        default='onnx',
        help='openvino adds its own files, tensorrt builds a plan for this GPU (%(default)s)',
    )
    parser.add_argument(
        '--precision', choices=('fp32', 'fp16', 'bf16', 'int8'), default='fp32', help='(fp32)'
    )
    limits = parser.add_argument_group('largest batches')
    limits.add_argument('--max-prompts', type=int, default=16, help='prompts (%(default)s)')
    limits.add_argument(
        '--max-exemplars', type=int, default=16, help='boxes, and points, of one (%(default)s)'
    )
    limits.add_argument(
        '--max-objects', type=int, default=16, help='objects with a memory (%(default)s)'
    )
    parser.add_argument('--calibrate', type=Path, metavar='FOLDER', help='pictures for int8')
    parser.add_argument('--threshold', type=float, default=0.5, help='detection (%(default)s)')
    parser.add_argument('--no-simplify', action='store_true', help='keep the graphs as exported')


def run(arguments: argparse.Namespace) -> int:
    """Export and print how near the graphs are to torch."""
    from efficientsam3_ros.model.export.bundle import export_bundle
    from efficientsam3_ros.model.export.memory_export import memory_layout
    from efficientsam3_ros.model.export.student import folded_plans, student_manifest

    network = chosen_network(arguments)
    config, memory = network.student.config, network.memory
    options = _options(arguments, config.context)
    out = fresh(arguments.out, arguments.force)
    plans = folded_plans(network.student, memory)
    about = student_manifest(config, network.license, arguments.threshold)
    layout = None if memory is None else memory_layout(memory.config)
    manifest = export_bundle(plans, out, about, options, layout)
    # bfloat16 is OpenVINO's own choice of arithmetic: its differences are only recorded.
    bf16 = options.precision == 'bf16'
    limits = {n: math.inf if bf16 else options.limit(plan.ranked) for n, plan in plans.items()}
    manifest = with_openvino(manifest, plans, out, limits)
    _print(manifest, out)
    if network.remark:
        print(network.remark)
    if arguments.engine == 'openvino':
        _openvino(manifest, out)
    elif arguments.engine == 'tensorrt':
        _tensorrt(arguments, out)
    return 0


def _options(arguments: argparse.Namespace, context: int) -> ExportOptions:
    from efficientsam3_ros.core import Preprocess
    from efficientsam3_ros.model.export.bundle import ExportOptions

    return ExportOptions(
        precision=arguments.precision,
        max_prompts=arguments.max_prompts,
        max_exemplars=arguments.max_exemplars,
        max_tokens=context + 2 * arguments.max_exemplars + 1,
        max_objects=arguments.max_objects,
        simplify=not arguments.no_simplify,
        calibration=_calibration(arguments, Preprocess(arguments.size, arguments.size)),
    )


def _calibration(arguments: argparse.Namespace, preprocess: Preprocess) -> Iterable[np.ndarray]:
    from efficientsam3_ros.core.pictures import prepared_pictures

    folder = arguments.calibrate
    if folder is None and arguments.precision != 'int8':
        return ()
    if folder is None or arguments.precision != 'int8':
        raise OptionError('--precision int8 and --calibrate FOLDER go together; give both.')
    return prepared_pictures(folder, preprocess)


def _print(manifest: Manifest, out: Path) -> None:
    print(f'largest relative difference to torch ({manifest.precision})')
    rows = []
    for name, graph in manifest.graphs.items():
        size = (out / graph.file).stat().st_size / 1e6
        values = (manifest.parity.get(key) for key in (name, f'{name}@{ENGINE}'))
        cells = ('absent' if value is None else f'{value:.1e}' for value in values)
        rows.append((name, f'{size:.1f}', *cells))
    print(table(('graph', 'MB', 'ONNX Runtime', 'OpenVINO'), rows))
    print(f'bundle in {out}; licence of the weights: {manifest.license}')


def _openvino(manifest: Manifest, out: Path) -> None:
    from efficientsam3_ros.engine.openvino_model import write_ir

    for graph in manifest.graphs.values():
        write_ir(out, graph, half=manifest.precision == 'fp16')
    print('added OpenVINO files; run with --engine openvino')


def _tensorrt(arguments: argparse.Namespace, out: Path) -> None:
    from efficientsam3_ros.engine import EngineError, load_engine
    from efficientsam3_ros.engine.options import EngineOptions

    try:
        engine = load_engine(out, 'tensorrt', options=EngineOptions(precision=arguments.precision))
    except EngineError as error:
        print(f'no TensorRT plan was built here: {error}')
        print('Copy the bundle to the robot; the plan is built there at the first start.')
        return
    engine.close()
    print('TensorRT plan built and kept in the cache')
