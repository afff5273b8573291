"""The CUDA runtime is called with the arguments of its C interface."""

from __future__ import annotations

import ctypes
from threading import Thread

import numpy as np
import pytest

from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.engine.tensorrt import cudart
from efficientsam3_ros.engine.tensorrt.cudart import SIGNATURES, CudaRuntime, load_cudart


class Function:
    """One function of the library: takes ctypes settings, records calls, answers 0."""

    def __init__(self, library: Library, name: str) -> None:
        self.library, self.name = library, name

    def __call__(self, *arguments):
        if self.name != 'cudaGetLastError':
            self.library.calls.append((self.name, arguments))
        if self.name == 'cudaGetErrorString':
            return b'simulated failure'
        return self.library.answer(self.name, arguments)


class Library:
    """``libcudart`` on host memory."""

    def __init__(self, devices: int = 1) -> None:
        self.calls: list = []
        self.failing: dict[str, int] = {}
        self.devices = devices
        self.kept: list = []
        self._functions: dict[str, Function] = {}

    def __getattr__(self, name: str) -> Function:
        assert name in SIGNATURES or name == 'cudaGetErrorString', name
        return self._functions.setdefault(name, Function(self, name))

    def answer(self, name: str, arguments: tuple) -> int:
        if name in self.failing:
            return self.failing[name]
        if name == 'cudaGetDeviceCount':
            arguments[0]._obj.value = self.devices
        elif name == 'cudaDeviceGetAttribute':
            arguments[0]._obj.value = {75: 8, 76: 7}[arguments[1]]
        elif name == 'cudaGetDeviceProperties':
            ctypes.memmove(arguments[0], b'Orin (nvgpu)\0', 13)
        elif name in ('cudaMalloc', 'cudaMallocHost'):
            self.kept.append(ctypes.create_string_buffer(arguments[1]))
            arguments[0]._obj.value = ctypes.addressof(self.kept[-1])
        elif name in ('cudaStreamCreateWithFlags', 'cudaGraphInstantiateWithFlags'):
            arguments[0]._obj.value = 0x1234
        elif name == 'cudaMemcpyAsync':
            ctypes.memmove(arguments[0], arguments[1], arguments[2])
        return 0

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]


@pytest.fixture
def library() -> Library:
    return Library()


def test_arrays_travel_there_and_back(library):
    cuda = CudaRuntime(library=library)
    stream = cuda.create_stream()
    assert stream == 0x1234
    image = np.arange(6, dtype=np.float32)
    pointer = cuda.allocate(image.nbytes)
    cuda.upload(pointer, image, stream)
    pinned = cuda.allocate_host(image.nbytes)
    cuda.download(pinned, pointer, stream)
    cuda.synchronise(stream)
    assert np.array_equal(pinned.view(np.float32), image)
    kinds = [arguments[3] for name, arguments in library.calls if name == 'cudaMemcpyAsync']
    assert kinds == [1, 2]
    cuda.free_host(pinned)
    cuda.free(pointer)
    assert library.names()[-2:] == ['cudaFreeHost', 'cudaFree']


def test_another_thread_uses_the_same_gpu(library):
    library.devices = 2
    cuda = CudaRuntime(1, library)
    thread = Thread(target=lambda: (cuda.allocate(8), cuda.allocate(8)))
    thread.start()
    thread.join()
    chosen = [arguments for name, arguments in library.calls if name == 'cudaSetDevice']
    assert chosen == [(1,), (1,)]
    assert library.names()[-3:] == ['cudaSetDevice', 'cudaMalloc', 'cudaMalloc']


def test_the_gpu_is_described(library):
    machine = CudaRuntime(library=library).machine('10.3.0')
    assert (machine.gpu, machine.compute_capability) == ('Orin (nvgpu)', '8.7')
    assert machine.tensorrt == '10.3.0'


def test_a_recording_ends_the_capture_and_drops_the_template(library):
    cuda = CudaRuntime(library=library)
    graph = cuda.capture(7, lambda: library.calls.append(('work', ())))
    cuda.launch(graph, 7)
    cuda.free_graph(graph)
    assert library.names()[2:] == [
        'cudaStreamBeginCapture',
        'work',
        'cudaStreamEndCapture',
        'cudaGraphInstantiateWithFlags',
        'cudaGraphDestroy',
        'cudaGraphLaunch',
        'cudaGraphExecDestroy',
    ]


def test_work_that_fails_while_it_is_recorded_still_ends_the_capture(library):
    def fail() -> None:
        raise EngineError('refused')

    with pytest.raises(EngineError, match='refused'):
        CudaRuntime(library=library).capture(7, fail)
    assert library.names()[-1] == 'cudaStreamEndCapture'


@pytest.mark.parametrize(
    ('status', 'remedy'),
    [(2, 'Free GPU memory'), (35, 'driver'), (100, 'onnxruntime'), (700, 'load the engine again')],
)
def test_a_failure_names_function_cause_and_remedy(library, status, remedy):
    cuda = CudaRuntime(library=library)
    library.failing['cudaMalloc'] = status
    with pytest.raises(EngineError, match=f'cudaMalloc failed with {status}: simulated.*{remedy}'):
        cuda.allocate(1)


def test_a_gpu_that_does_not_exist_is_refused(library):
    with pytest.raises(EngineError, match='no GPU 3; CUDA sees 1'):
        CudaRuntime(3, library)


def test_without_the_library_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(cudart, '_candidates', lambda: iter(['libcudart_that_is_not_there.so']))
    with pytest.raises(EngineError, match='cuda-cudart'):
        load_cudart()


def test_nvidias_own_library_has_every_function_that_is_called():
    try:
        library = load_cudart()
    except EngineError as error:
        pytest.skip(str(error))
    for name in (*SIGNATURES, 'cudaGetErrorString'):
        assert hasattr(library, name), name
