"""``efficientsam3 export``: a student as a bundle that the tracker loads."""

from __future__ import annotations

from dataclasses import dataclass
import math
from pathlib import Path
import sys
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Group, Parameter

from efficientsam3_ros.cli.export_check import ENGINE, with_openvino
from efficientsam3_ros.cli.export_network import NetworkOptions, chosen_network
from efficientsam3_ros.cli.support.console import table
from efficientsam3_ros.cli.support.options import (
    OptionError,
    OutputOptions,
    Switch,
    at_least,
    between,
)
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.result_marker import ResultKind

if TYPE_CHECKING:
    from efficientsam3_ros.core import Manifest
    from efficientsam3_ros.model.export.bundle import ExportOptions

EXAMPLES = """\
examples:
  efficientsam3 download es_ev_m --keep-tracker --out weights/es_ev_m
  efficientsam3 export es_ev_m --weights weights/es_ev_m --out bundles/es_ev_m
  efficientsam3 export es_ev_m --weights weights/es_ev_m --engine openvino --precision fp16 \\
      --size 512 --out bundles/es_ev_m_512
  efficientsam3 export es_rv_s --weights weights/es_rv_s --precision int8 --calibrate frames/ \\
      --out bundles/es_rv_s_int8
  efficientsam3 export es_ev_m --weights weights/es_ev_m --memory none --out bundles/detections
  efficientsam3 export es_ev_m --random-weights --memory perceiver --neck lean \\
      --max-objects 8 --out bundles/speed_only"""


app = App(name='export', help_epilogue=EXAMPLES)


@Parameter(name='*', group=Group('Graphs', sort_key=3))
@dataclass(frozen=True, kw_only=True)
class GraphOptions:
    """What the graphs are made for.

    Attributes:
        engine: openvino adds its own files, tensorrt builds a plan for this GPU.
        precision: Of the graphs.
        calibrate: Folder of pictures for int8.
        max_prompts: Largest batch of prompts.
        max_exemplars: Most boxes, and most points, of one exemplar.
        max_objects: Largest batch of objects with a memory.
        threshold: Detection threshold that the manifest names.
        simplify: Simplify the exported graphs.
    """

    engine: Literal['onnx', 'openvino', 'tensorrt'] = 'onnx'
    precision: Literal['fp32', 'fp16', 'bf16', 'int8'] = 'fp32'
    calibrate: Path | None = None
    max_prompts: Annotated[int, at_least(1)] = 16
    max_exemplars: Annotated[int, at_least(1)] = 16
    max_objects: Annotated[int, at_least(1)] = 16
    threshold: Annotated[float, between(0, 1)] = 0.5
    simplify: Switch = True


@app.default
def run(
    student: str,
    /,
    *,
    output: OutputOptions,
    network: NetworkOptions = NetworkOptions(),
    graphs: GraphOptions = GraphOptions(),
) -> int:
    """Export and print how near the graphs are to torch.

    Args:
        student: es_rv_s ... es_ev_l; "efficientsam3 models" lists them.
        output: Where the bundle goes.
        network: Which network.
        graphs: What the graphs are made for.
    """
    from efficientsam3_ros.model.export.bundle import export_bundle
    from efficientsam3_ros.model.export.memory_export import memory_layout
    from efficientsam3_ros.model.export.student import folded_plans, student_manifest

    out = output.checked((network.weights, graphs.calibrate), ResultKind.BUNDLE)
    _check(graphs)
    chosen = chosen_network(student, network)
    config, memory = chosen.student.config, chosen.memory
    options = _options(graphs, config.context, network.size)
    plans = folded_plans(chosen.student, memory)
    about = student_manifest(config, chosen.license, graphs.threshold)
    layout = None if memory is None else memory_layout(memory.config)
    # bfloat16 is OpenVINO's own choice of arithmetic: its differences are only recorded.
    bf16 = options.precision == 'bf16'
    limits = {n: math.inf if bf16 else options.limit(plan.ranked) for n, plan in plans.items()}
    openvino = graphs.engine == 'openvino'
    with replacing(out) as part:
        manifest = export_bundle(plans, part, about, options, layout)
        manifest, warnings = with_openvino(manifest, plans, part, limits, required=openvino)
        if openvino:
            _openvino(manifest, part)
    _print(manifest, output.out)
    for warning in warnings:
        print(f'warning: {warning}', file=sys.stderr)
    if chosen.remark:
        print(chosen.remark)
    if openvino:
        print('added OpenVINO files; run with --engine openvino')
    elif graphs.engine == 'tensorrt':
        _tensorrt(graphs.precision, out)
    return 0


def _check(graphs: GraphOptions) -> None:
    """Refuse what contradicts itself before a network is made."""
    if (graphs.calibrate is not None) != (graphs.precision == 'int8'):
        raise OptionError('--precision int8 and --calibrate FOLDER go together; give both.')


def _options(graphs: GraphOptions, context: int, size: int) -> ExportOptions:
    from efficientsam3_ros.media.calibration import prepared_pictures
    from efficientsam3_ros.model.export.bundle import ExportOptions
    from efficientsam3_ros.model.student import sam3_preprocess

    preprocess = sam3_preprocess(size)
    return ExportOptions(
        precision=graphs.precision,
        max_prompts=graphs.max_prompts,
        max_exemplars=graphs.max_exemplars,
        max_tokens=context + 2 * graphs.max_exemplars + 1,
        max_objects=graphs.max_objects,
        simplify=graphs.simplify,
        calibration=prepared_pictures(graphs.calibrate, preprocess) if graphs.calibrate else (),
    )


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
    from efficientsam3_ros.engine.openvino_core import write_ir

    for graph in manifest.graphs.values():
        write_ir(out, graph, half=manifest.precision == 'fp16')


def _tensorrt(precision: str, out: Path) -> None:
    from efficientsam3_ros.engine import EngineError, load_engine
    from efficientsam3_ros.engine.options import EngineOptions

    try:
        engine = load_engine(out, 'tensorrt', options=EngineOptions(precision=precision))
    except EngineError as error:
        print(f'no TensorRT plan was built here: {error}')
        print('Copy the bundle to the robot; the plan is built there at the first start.')
        return
    engine.close()
    print('TensorRT plan built and kept in the cache')
