"""OpenVINO's own model files (IR) beside the ONNX files of a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.core.manifest import Graph

_SOURCE = ['efficientsam3', 'source_sha256']


def read_graph(core: Any, folder: Path, graph: Graph) -> Any:
    """Return the model of a graph.

    A file of the same stem with the ending ``.xml`` is preferred: it loads faster, and may hold
    compressed weights. It must come from the very ONNX file that the manifest names.

    Args:
        core: ``openvino.Core``.
        folder: The bundle.
        graph: Entry of the manifest.

    Raises:
        BundleError: If the file cannot be read, or the IR belongs to another export.
    """
    path = folder / graph.file
    compiled = path.with_suffix('.xml')
    if compiled == path or not compiled.is_file():
        return _read(core, path)
    model = _read(core, compiled)
    source = model.get_rt_info(_SOURCE).value if model.has_rt_info(_SOURCE) else 'no export'
    if source != graph.sha256:
        raise BundleError(
            f'{compiled} was made from another export than {path.name}; delete it, or export '
            'the bundle again for OpenVINO.'
        )
    return model


def write_ir(folder: Path, graph: Graph, half: bool = False) -> Path:
    """Write a graph as IR beside its ONNX file.

    Args:
        folder: The bundle.
        graph: Entry of the manifest.
        half: Store weights in half precision.

    Returns:
        The ``.xml`` file; weights go into a ``.bin`` file beside it.
    """
    import openvino

    path = folder / graph.file
    model = _read(openvino.Core(), path)
    model.set_rt_info(graph.sha256, _SOURCE)
    target = path.with_suffix('.xml')
    openvino.save_model(model, str(target), compress_to_fp16=half)
    return target


def _read(core: Any, path: Path) -> Any:
    try:
        return core.read_model(str(path))
    except RuntimeError as error:
        raise BundleError(
            f'{path} cannot be loaded by OpenVINO ({error}); export the bundle again or update '
            'openvino.'
        ) from error
