"""What another engine than ONNX Runtime makes of a fresh bundle, compared with torch."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from efficientsam3_ros.cli.support.console import progress
from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.engine.options import EngineOptions

if TYPE_CHECKING:
    from efficientsam3_ros.model.export.graph import GraphPlan

ENGINE = 'openvino'


def with_openvino(
    manifest: Manifest,
    plans: Mapping[str, GraphPlan],
    folder: Path,
    limits: Mapping[str, float],
    required: bool = False,
) -> tuple[Manifest, list[str]]:
    """Measure OpenVINO's differences, if it is installed, and keep them in the manifest.

    Args:
        manifest: Of the bundle.
        plans: Modules and example inputs by graph.
        folder: The bundle; its manifest is written again.
        limits: Largest difference that passes, by graph.
        required: Whether the bundle is made for OpenVINO.

    Returns:
        The manifest with entries ``graph@openvino``, and what users of OpenVINO should know.

    Raises:
        ExportError: If the bundle is made for OpenVINO and a difference is too large.
    """
    if find_spec(ENGINE) is None:
        return manifest, []
    from efficientsam3_ros.model.export.graph import ExportError

    found = _differences(manifest, plans, folder)
    named = {f'{graph}@{ENGINE}': value for graph, value in found.items()}
    manifest = replace(manifest, parity={**manifest.parity, **named})
    manifest.save(folder)
    wrong = [
        f'{graph} differs from torch by {value:.2g} in OpenVINO (relative, at most '
        f'{limits[graph]:g}), though not in ONNX Runtime.'
        for graph, value in found.items()
        if not value <= limits[graph]
    ]
    if wrong and required:
        raise ExportError(
            f'{wrong[0]} Nothing is written; update openvino and export again, or choose another '
            'engine.'
        )
    return manifest, [f'{text} Run this bundle with another engine.' for text in wrong]


def _differences(
    manifest: Manifest, plans: Mapping[str, GraphPlan], folder: Path
) -> dict[str, float]:
    """Return the largest relative difference of OpenVINO to torch, by graph."""
    from efficientsam3_ros.model.export.graph import difference_to_torch

    # Graphs in half precision bring their types; bfloat16 is the engine's own choice.
    options = EngineOptions(precision='bf16' if manifest.precision == 'bf16' else 'fp32')
    found = {}
    with closing(load_engine(folder, ENGINE, options=options)) as engine:
        for name, plan in progress(plans.items(), 'compare OpenVINO with torch', len(plans)):
            outputs = engine.run(name, {key: value.numpy() for key, value in plan.inputs.items()})
            got = [engine.to_numpy(outputs[output]) for output in plan.outputs]
            found[name] = difference_to_torch(plan, got)
    return found
