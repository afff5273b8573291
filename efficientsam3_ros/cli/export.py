"""``efficientsam3 export``: a student as a bundle that the tracker loads."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from efficientsam3_ros.cli.export_check import ENGINE, with_openvino
from efficientsam3_ros.cli.options import OptionError, fresh
from efficientsam3_ros.cli.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from efficientsam3_ros.core import Manifest, Preprocess
    from efficientsam3_ros.model.family import FamilyStudent

EXAMPLES = """\
  efficientsam3 download es_ev_m --out weights/es_ev_m
  efficientsam3 export es_ev_m --weights weights/es_ev_m --out bundles/es_ev_m
  efficientsam3 export es_ev_m --weights weights/es_ev_m --engine openvino --precision fp16 \\
      --size 512 --out bundles/es_ev_m_512
  efficientsam3 export es_rv_s --weights weights/es_rv_s --precision int8 --calibrate frames/ \\
      --out bundles/es_rv_s_int8
  efficientsam3 export es_ev_m --random-weights --neck lean --out bundles/speed_only"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument('student', help='es_rv_s ... es_ev_l; "efficientsam3 models" lists them')
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--weights', type=Path, metavar='FOLDER', help='from convert or download')
    source.add_argument(
        '--random-weights', action='store_true', help='to measure speed; it finds nothing'
    )
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
    parser.add_argument('--size', type=int, default=1008, help='side of the input (%(default)s)')
    parser.add_argument('--neck', choices=('sam3', 'lean'), help='of random weights (sam3)')
    parser.add_argument('--text', choices=('s0', 's1', 'l'), help='of random weights (s0)')
    parser.add_argument('--context', type=int, choices=(16, 32), help='of random weights (16)')
    parser.add_argument('--max-prompts', type=int, default=16, help='in a batch (%(default)s)')
    parser.add_argument(
        '--max-objects', type=int, default=16, help='exemplars of a prompt (%(default)s)'
    )
    parser.add_argument('--calibrate', type=Path, metavar='FOLDER', help='pictures for int8')
    parser.add_argument('--threshold', type=float, default=0.5, help='detection (%(default)s)')
    parser.add_argument('--no-simplify', action='store_true', help='keep the graphs as exported')


def run(arguments: argparse.Namespace) -> int:
    """Export and print how near the graphs are to torch."""
    from efficientsam3_ros.core import Preprocess
    from efficientsam3_ros.model.export import ExportOptions, export_bundle
    from efficientsam3_ros.model.export_plans import family_plans
    from efficientsam3_ros.model.family_export import family_manifest
    from efficientsam3_ros.model.reparameterize import reparameterize

    student, licence = _student(arguments)
    size = arguments.size
    options = ExportOptions(
        precision=arguments.precision,
        max_prompts=arguments.max_prompts,
        max_exemplars=arguments.max_objects,
        max_tokens=student.config.context + 2 * arguments.max_objects + 1,
        simplify=not arguments.no_simplify,
        calibration=_calibration(arguments, Preprocess(size, size)),
    )
    out = fresh(arguments.out, arguments.force)
    plans = family_plans(reparameterize(student.eval()))
    about = family_manifest(student.config, licence, arguments.threshold)
    manifest = export_bundle(plans, out, about, options)
    # bfloat16 is OpenVINO's own choice of arithmetic: its differences are only recorded.
    bf16 = options.precision == 'bf16'
    limits = {n: math.inf if bf16 else options.limit(plan.ranked) for n, plan in plans.items()}
    manifest = with_openvino(manifest, plans, out, limits)
    _print(manifest, out)
    if arguments.engine == 'openvino':
        _openvino(manifest, out)
    elif arguments.engine == 'tensorrt':
        _tensorrt(arguments, out)
    return 0


def _calibration(arguments: argparse.Namespace, preprocess: Preprocess) -> Iterable[np.ndarray]:
    from efficientsam3_ros.core.pictures import prepared_pictures

    folder = arguments.calibrate
    if folder is None and arguments.precision != 'int8':
        return ()
    if folder is None or arguments.precision != 'int8':
        raise OptionError('--precision int8 and --calibrate FOLDER go together; give both.')
    return prepared_pictures(folder, preprocess)


def _student(arguments: argparse.Namespace) -> tuple[FamilyStudent, str]:
    """Return the network and the licence of its weights."""
    from efficientsam3_ros.model.registry import build_student, family_config

    if arguments.random_weights:
        config = family_config(
            arguments.student,
            neck=arguments.neck or 'sam3',
            text=arguments.text or 's0',
            size=arguments.size,
            context=arguments.context or 16,
        )
        return build_student(config), 'Apache-2.0'
    from efficientsam3_ros.model.weights.store import load_converted, read_info

    info = read_info(arguments.weights)
    asked = (
        ('student', arguments.student, info.variant),
        ('--neck', arguments.neck, info.neck),
        ('--text', arguments.text, info.text),
        ('--context', arguments.context, info.context),
    )
    for name, want, have in asked:
        if want is not None and want != have:
            raise OptionError(
                f'{arguments.weights} holds {name} {have}, not {want}; leave it out, or convert '
                'the file that you mean.'
            )
    config, state = load_converted(arguments.weights, arguments.size)
    student = build_student(config)
    student.load_state_dict(state, strict=True)
    return student, info.licence


def _print(manifest: Manifest, out: Path) -> None:
    print(f'largest relative difference to torch ({manifest.precision})')
    rows = []
    for name, graph in manifest.graphs.items():
        size = (out / graph.file).stat().st_size / 1e6
        values = (manifest.parity.get(key) for key in (name, f'{name}@{ENGINE}'))
        cells = ('absent' if value is None else f'{value:.1e}' for value in values)
        rows.append((name, f'{size:.1f}', *cells))
    print(table(('graph', 'MB', 'ONNX Runtime', 'OpenVINO'), rows))
    print(f'bundle in {out}; licence of the weights: {manifest.licence}')


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
