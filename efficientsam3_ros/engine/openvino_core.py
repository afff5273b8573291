"""OpenVINO itself, and its ``Core`` in a form that any thread may let go of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

from efficientsam3_ros.engine.protocol import EngineError


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
