"""The CUDA runtime library, called through ctypes.

TensorRT needs that library anyway, on a Jetson as well, so nothing more has to be installed.
Signatures: CUDA runtime API reference, equal in CUDA 11.4 to 13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
import ctypes
import ctypes.util
from importlib.util import find_spec
from pathlib import Path
import threading
from typing import Any

import numpy as np

from efficientsam3_ros.engine.protocol import EngineError
from efficientsam3_ros.engine.tensorrt.plan_cache import Machine

SONAMES = ('libcudart.so.13', 'libcudart.so.12', 'libcudart.so.11.0', 'libcudart.so')
_POINTER, _SIZE, _INT = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
SIGNATURES: dict[str, tuple[Any, ...]] = {
    'cudaSetDevice': (_INT,),
    'cudaGetDeviceCount': (_POINTER,),
    'cudaDeviceGetAttribute': (_POINTER, _INT, _INT),
    'cudaGetDeviceProperties': (_POINTER, _INT),
    'cudaGetLastError': (),
    'cudaMalloc': (_POINTER, _SIZE),
    'cudaFree': (_POINTER,),
    'cudaMallocHost': (_POINTER, _SIZE),
    'cudaFreeHost': (_POINTER,),
    'cudaMemcpyAsync': (_POINTER, _POINTER, _SIZE, _INT, _POINTER),
    'cudaStreamCreateWithFlags': (_POINTER, ctypes.c_uint),
    'cudaStreamDestroy': (_POINTER,),
    'cudaStreamSynchronize': (_POINTER,),
    'cudaStreamBeginCapture': (_POINTER, _INT),
    'cudaStreamEndCapture': (_POINTER, _POINTER),
    'cudaGraphInstantiateWithFlags': (_POINTER, _POINTER, ctypes.c_ulonglong),
    'cudaGraphDestroy': (_POINTER,),
    'cudaGraphExecDestroy': (_POINTER,),
    'cudaGraphLaunch': (_POINTER, _POINTER),
}
_TO_DEVICE, _TO_HOST = 1, 2
_NON_BLOCKING = 1
_CAPTURE_THREAD_LOCAL = 1
_CAPABILITY_MAJOR, _CAPABILITY_MINOR = 75, 76
# The name is the first field of the structure, whose length grows with CUDA.
_NAME_BYTES, _PROPERTIES_BYTES = 256, 16384


class CudaRuntime:
    """What the backend asks of one GPU; pointers, streams and recorded graphs are plain integers.

    Args:
        device: Index of the GPU.
        library: The loaded library, found by itself where None.

    Raises:
        EngineError: If there is no library, no driver or no such GPU.
    """

    def __init__(self, device: int = 0, library: Any | None = None) -> None:
        self._library = library or load_cudart()
        for name, arguments in SIGNATURES.items():
            function = getattr(self._library, name)
            function.argtypes, function.restype = arguments, _INT
        self._library.cudaGetErrorString.restype = ctypes.c_char_p
        self._hosts: dict[int, int] = {}
        self._device = device
        self._chosen = threading.local()
        count = _INT()
        self._call('cudaGetDeviceCount', ctypes.byref(count))
        if device >= count.value:
            raise EngineError(f'There is no GPU {device}; CUDA sees {count.value}.')
        self._choose()

    def allocate(self, size: int) -> int:
        """Return a pointer to ``size`` bytes on the device."""
        return self._new('cudaMalloc', size)

    def free(self, pointer: int) -> None:
        """Give device memory back."""
        self._call('cudaFree', pointer)

    def allocate_host(self, size: int) -> np.ndarray:
        """Return uint8 (size,) in page-locked memory, which the device copies from directly."""
        pointer = self._new('cudaMallocHost', size)
        array = np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(pointer))
        self._hosts[array.ctypes.data] = pointer
        return array

    def free_host(self, array: np.ndarray) -> None:
        """Give page-locked memory back."""
        self._call('cudaFreeHost', self._hosts.pop(array.ctypes.data))

    def upload(self, pointer: int, array: np.ndarray, stream: int) -> None:
        """Start a copy of a contiguous array to the device."""
        self._call('cudaMemcpyAsync', pointer, array.ctypes.data, array.nbytes, _TO_DEVICE, stream)

    def download(self, array: np.ndarray, pointer: int, stream: int) -> None:
        """Start a copy from the device into a contiguous array."""
        self._call('cudaMemcpyAsync', array.ctypes.data, pointer, array.nbytes, _TO_HOST, stream)

    def create_stream(self) -> int:
        """Return a stream that does not wait for the default stream."""
        return self._new('cudaStreamCreateWithFlags', _NON_BLOCKING)

    def destroy_stream(self, stream: int) -> None:
        """Give a stream back."""
        self._call('cudaStreamDestroy', stream)

    def synchronise(self, stream: int) -> None:
        """Wait until everything in the stream is done."""
        self._call('cudaStreamSynchronize', stream)

    def capture(self, stream: int, enqueue: Callable[[], None]) -> int:
        """Record what ``enqueue`` puts into the stream, without running it; return a graph.

        The stream leaves the capture whatever happens.
        """
        self._call('cudaStreamBeginCapture', stream, _CAPTURE_THREAD_LOCAL)
        graph = _POINTER()
        try:
            enqueue()
        except BaseException:
            self._library.cudaStreamEndCapture(stream, ctypes.byref(graph))
            # A failed capture leaves an error behind that the next call would report.
            self._library.cudaGetLastError()
            raise
        self._call('cudaStreamEndCapture', stream, ctypes.byref(graph))
        try:
            return self._new('cudaGraphInstantiateWithFlags', graph, 0)
        finally:
            self._call('cudaGraphDestroy', graph)

    def launch(self, graph: int, stream: int) -> None:
        """Run a recorded graph."""
        self._call('cudaGraphLaunch', graph, stream)

    def free_graph(self, graph: int) -> None:
        """Give a recorded graph back."""
        self._call('cudaGraphExecDestroy', graph)

    def machine(self, tensorrt: str) -> Machine:
        """Describe the GPU, with the version of TensorRT."""
        properties = ctypes.create_string_buffer(_PROPERTIES_BYTES)
        self._call('cudaGetDeviceProperties', properties, self._device)
        name = properties.raw[:_NAME_BYTES].split(b'\0')[0].decode(errors='replace')
        numbers = [self._attribute(item) for item in (_CAPABILITY_MAJOR, _CAPABILITY_MINOR)]
        return Machine(name, '.'.join(map(str, numbers)), tensorrt)

    def _attribute(self, attribute: int) -> int:
        value = _INT()
        self._call('cudaDeviceGetAttribute', ctypes.byref(value), attribute, self._device)
        return value.value

    def _new(self, function: str, *arguments: object) -> int:
        """Call a function whose first argument receives a handle."""
        handle = _POINTER()
        self._call(function, ctypes.byref(handle), *arguments)
        return handle.value or 0

    def _choose(self) -> None:
        """Select the GPU: CUDA's choice belongs to a thread, and engines change threads."""
        if not getattr(self._chosen, 'done', False):
            self._call('cudaSetDevice', self._device)
            self._chosen.done = True

    def _call(self, function: str, *arguments: object) -> None:
        if function not in ('cudaGetDeviceCount', 'cudaSetDevice'):
            self._choose()
        status = getattr(self._library, function)(*arguments)
        if status:
            self._library.cudaGetLastError()
            text = (self._library.cudaGetErrorString(status) or b'').decode(errors='replace')
            raise EngineError(f'{function} failed with {status}: {text}. {_remedy(status)}')


def load_cudart() -> Any:
    """Return the CUDA runtime library of the system or of NVIDIA's wheels.

    Raises:
        EngineError: If there is none.
    """
    for name in _candidates():
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise EngineError(
        'The CUDA runtime library (libcudart) is not found. On a Jetson install the JetPack '
        'package cuda-cudart, elsewhere pip install tensorrt, which brings it.'
    )


def _candidates() -> Iterator[str]:
    yield from SONAMES
    found = ctypes.util.find_library('cudart')
    if found:
        yield found
    spec = find_spec('nvidia')
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield from map(str, sorted(Path(folder).glob('*/lib/libcudart.so.*')))
    yield from map(str, sorted(Path('/usr/local').glob('cuda*/lib64/libcudart.so')))


def _remedy(status: int) -> str:
    out_of_memory, driver, no_device = (2,), (35, 36, 803), (100, 101)
    if status in out_of_memory:
        return 'Free GPU memory, or ask for fewer prompts.'
    if status in driver:
        return "Update NVIDIA's driver, or install the TensorRT of the driver's CUDA version."
    if status in no_device:
        return 'There is no NVIDIA GPU here; use the backend "onnxruntime" or "openvino".'
    return 'See the CUDA documentation, and load the engine again.'
