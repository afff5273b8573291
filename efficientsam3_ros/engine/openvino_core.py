"""OpenVINO itself, its ``Core`` in a form that any thread may let go of, and its model files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.manifest import Graph
from efficientsam3_ros.engine.protocol import EngineError

_SOURCE = ['efficientsam3', 'source_sha256']


def import_openvino() -> ModuleType:
    """Return the module ``openvino``.

    Raises:
        EngineError: If it cannot be imported.
    """
    try:
        import openvino
    except ImportError as error:
        raise EngineError(
            f'OpenVINO cannot be imported ({error}). Install it for this interpreter: '
            'pip install openvino'
        ) from error
    runtime: ModuleType = openvino
    return runtime


def new_core() -> Any:
    """Return an ``openvino.Core`` whose plugins are loaded.

    On Linux, OpenVINO's CPU plugin gives the thread that creates it an alternate signal stack,
    and frees that memory in whichever thread destroys it: the one that lets go last of the core,
    its compiled models and their requests. Only if both are the same thread is the stack taken
    back. Otherwise a living thread is left with a pointer to freed memory, and Python's handlers
    run there: the next SIGINT, SIGTERM or SIGCHLD ends the process without a word.

    Hence a thread of its own creates the plugin and is over before anybody has the core. No
    living thread ever has OpenVINO's signal stack, and it does not matter which one lets go, nor
    whether that is while the interpreter shuts down. One core for the whole process would do
    less: it would keep the plugin's threads and memory until exit, be destroyed there after all,
    and put back the signal stack of a core that was made before it.

    OpenVINO lends its stack because Linux refuses AMX to a process in which a thread's signal
    stack is too small for AMX's frames. Python's own (of faulthandler) has been large enough
    since 2022; with an older Python, OpenVINO computes without AMX.

    Raises:
        EngineError: If OpenVINO cannot be imported.
    """
    runtime = import_openvino()
    # Leaving the block waits for the thread's end.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix='openvino') as pool:
        return pool.submit(_load, runtime).result()


def _load(runtime: ModuleType) -> Any:
    core = runtime.Core()
    # A core creates each plugin at its first use; a list of devices asks them all.
    _ = core.available_devices
    return core


def read_graph(core: Any, folder: Path, graph: Graph) -> Any:
    """Return the model of a graph: the ONNX file, or OpenVINO's own (IR) beside it.

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

    Raises:
        EngineError: If they cannot be written.
    """
    openvino = import_openvino()
    path = folder / graph.file
    model = _read(openvino.Core(), path)
    model.set_rt_info(graph.sha256, _SOURCE)
    target = path.with_suffix('.xml')
    try:
        openvino.save_model(model, str(target), compress_to_fp16=half)
    except RuntimeError as error:
        # All that OpenVINO tells of a full disk is "iostream error".
        raise EngineError(
            f'OpenVINO cannot write {target.name} ({one_line(error)}); free some space, or choose '
            'another disk.'
        ) from error
    return target


def _read(core: Any, path: Path) -> Any:
    try:
        return core.read_model(str(path))
    except RuntimeError as error:
        raise BundleError(
            f'{path} cannot be loaded by OpenVINO ({error}); export the bundle again or update '
            'openvino.'
        ) from error
