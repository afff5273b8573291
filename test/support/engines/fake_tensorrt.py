"""TensorRT as its Python API shows it, computing with ONNX Runtime on a fake GPU.

Every attribute is checked against ``tensorrt_api.json``, the API recorded from NVIDIA's bindings:
code that asks for something a release lacks fails here as it would there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fake_cuda import FakeCuda
import numpy as np
import onnxruntime

API: dict[str, dict[str, list[str]]] = json.loads(
    Path(__file__).with_name('tensorrt_api.json').read_text()
)
RELEASES = tuple(sorted(API, key=lambda text: tuple(map(int, text.split('.')))))
_TYPES = {
    'tensor(float)': 'FLOAT',
    'tensor(float16)': 'HALF',
    'tensor(int64)': 'INT64',
    'tensor(int32)': 'INT32',
}
_NUMPY = {'FLOAT': np.float32, 'HALF': np.float16, 'INT64': np.int64, 'INT32': np.int32}


class _Checked:
    """An object of the API; names without underscore must be recorded for its class."""

    def __init__(self, api: FakeTensorRt, name: str) -> None:
        self._api = api
        self._name = name

    def __getattribute__(self, item: str) -> Any:
        if not item.startswith('_'):
            self._check(item)
        return super().__getattribute__(item)

    def __setattr__(self, item: str, value: object) -> None:
        if not item.startswith('_'):
            self._check(item)
        super().__setattr__(item, value)

    def _check(self, item: str) -> None:
        if item not in self._api._api[self._name]:
            raise AttributeError(f'TensorRT {self._api.__version__}: no {self._name}.{item}')


class FakeTensorRt:
    """The module ``tensorrt`` of one release.

    Args:
        cuda: Where tensors live.
        release: Key of ``API``.
    """

    def __init__(self, cuda: FakeCuda, release: str) -> None:
        self.__version__ = release
        self._api = API[release]
        self._cuda = cuda
        self.builds: list[_Config] = []
        self._plugins = False
        for name in ('BuilderFlag', 'DataType', 'MemoryPoolType', 'TensorIOMode', 'LayerType'):
            setattr(self, name, self._enum(name))
        self.NetworkDefinitionCreationFlag = self._enum('NetworkDefinitionCreationFlag', 0)
        if 'IInt8EntropyCalibrator2' in self._api:
            self.IInt8EntropyCalibrator2 = object
        logger = self._enum('Logger')
        self.Logger = type('Logger', (), {'WARNING': logger.WARNING})
        self.Logger.__init__ = lambda self, severity: None  # type: ignore[assignment, misc]

    def _enum(self, name: str, start: int | None = None) -> SimpleNamespace:
        members = [member for member in self._api[name] if member != 'name']
        if start is not None:
            return SimpleNamespace(**{m: i for i, m in enumerate(members, start)})
        return SimpleNamespace(**{m: SimpleNamespace(name=m) for m in members})

    def init_libnvinfer_plugins(self, logger: object, namespace: str) -> bool:
        self._plugins = True
        return True

    def Builder(self, logger: object) -> _Builder:
        return _Builder(self)

    def OnnxParser(self, network: _Network, logger: object) -> _Parser:
        return _Parser(self, network)

    def Runtime(self, logger: object) -> _Runtime:
        return _Runtime(self, 'Runtime')


class _Network(_Checked):
    def __init__(self, api: FakeTensorRt, flags: int) -> None:
        super().__init__(api, 'INetworkDefinition')
        self._flags = flags
        self._model = b''
        self._session: Any = None

    @property
    def num_inputs(self) -> int:
        return len(self._session.get_inputs())

    @property
    def num_layers(self) -> int:
        return 1

    def get_layer(self, index: int) -> _Layer:
        return _Layer(self._api, self._model)

    def get_input(self, index: int) -> _Tensor:
        return _Tensor(self._api, self._session.get_inputs()[index])


class _Layer(_Checked):
    """The only layer; the title of the graph says what it is."""

    def __init__(self, api: FakeTensorRt, model: bytes) -> None:
        super().__init__(api, 'ILayer')
        self._half = b'HalfPrecision' in model
        self.type = api.LayerType.QUANTIZE if b'QuantizeLinear' in model else None
        self.num_outputs = 1

    def get_output(self, index: int) -> SimpleNamespace:
        types = self._api.DataType
        return SimpleNamespace(dtype=types.HALF if self._half else types.FLOAT)


class _Tensor(_Checked):
    def __init__(self, api: FakeTensorRt, argument: Any) -> None:
        super().__init__(api, 'ITensor')
        self._sizes = argument.shape
        self.name = argument.name
        self.shape = tuple(size if isinstance(size, int) else -1 for size in argument.shape)

    def get_dimension_name(self, index: int) -> str | None:
        size = self._sizes[index]
        return None if isinstance(size, int) else str(size)


class _Parser(_Checked):
    def __init__(self, api: FakeTensorRt, network: _Network) -> None:
        super().__init__(api, 'OnnxParser')
        self._network = network
        self._error = ''

    @property
    def num_errors(self) -> int:
        return int(bool(self._error))

    def get_error(self, index: int) -> str:
        return self._error

    def parse_from_file(self, path: str) -> bool:
        model = Path(path).read_bytes()
        if b'RoiAlign' in model and not self._api._plugins:
            self._error = 'Plugin not found, are the plugin name, version and namespace correct?'
            return False
        try:
            self._network._session = _session(model)
        except Exception as error:
            self._error = str(error)
            return False
        self._network._model = model
        return True


class _Profile(_Checked):
    def __init__(self, api: FakeTensorRt) -> None:
        super().__init__(api, 'IOptimizationProfile')
        self._shapes: dict[str, tuple[Sequence[int], ...]] = {}

    def set_shape(self, name: str, low: Sequence[int], best: Sequence[int], high: Sequence[int]):
        self._shapes[name] = (low, best, high)


class _TimingCache(_Checked):
    def __init__(self, api: FakeTensorRt, content: bytes) -> None:
        super().__init__(api, 'ITimingCache')
        self._content = content

    def serialize(self) -> bytes:
        return self._content + b'+'


class _Config(_Checked):
    def __init__(self, api: FakeTensorRt) -> None:
        super().__init__(api, 'IBuilderConfig')
        self._flags = {'TF32'}
        self._typed = False
        self._profiles: list[_Profile] = []
        self._limits: list[int] = []
        self._timing: _TimingCache | None = None
        if 'int8_calibrator' in api._api['IBuilderConfig']:
            self.int8_calibrator = None

    def set_flag(self, flag: SimpleNamespace) -> None:
        self._flags.add(flag.name)

    def clear_flag(self, flag: SimpleNamespace) -> None:
        self._flags.discard(flag.name)

    def set_memory_pool_limit(self, pool: object, size: int) -> None:
        self._limits.append(size)

    def add_optimization_profile(self, profile: _Profile) -> int:
        self._profiles.append(profile)
        return len(self._profiles) - 1

    def set_calibration_profile(self, profile: _Profile) -> bool:
        return True

    def create_timing_cache(self, content: bytes) -> _TimingCache:
        return _TimingCache(self._api, bytes(content))

    def set_timing_cache(self, cache: _TimingCache, ignore_mismatch: bool) -> bool:
        self._timing = cache
        return True

    def get_timing_cache(self) -> _TimingCache | None:
        return self._timing


class _Builder(_Checked):
    def __init__(self, api: FakeTensorRt) -> None:
        super().__init__(api, 'Builder')

    def create_network(self, flags: int = 0) -> _Network:
        explicit = getattr(self._api.NetworkDefinitionCreationFlag, 'EXPLICIT_BATCH', None)
        if self._api.__version__.startswith('8.'):
            assert flags == 1 << explicit, 'an implicit batch cannot hold our graphs'
        return _Network(self._api, flags)

    def create_builder_config(self) -> _Config:
        return _Config(self._api)

    def create_optimization_profile(self) -> _Profile:
        return _Profile(self._api)

    def build_serialized_network(self, network: _Network, config: _Config) -> bytes | None:
        free = any(-1 in network.get_input(i).shape for i in range(network.num_inputs))
        if free and not config._profiles:
            return None
        typed = getattr(self._api.NetworkDefinitionCreationFlag, 'STRONGLY_TYPED', None)
        config._typed = typed is not None and bool(network._flags & 1 << typed)
        # As TensorRT: where the graph's types rule, flags for precision are an error.
        if config._typed and config._flags & {'FP16', 'BF16', 'INT8'}:
            return None
        self._api.builds.append(config)
        _calibrate(getattr(config, 'int8_calibrator', None), network)
        shapes = config._profiles[0]._shapes if config._profiles else {}
        head = f'{self._api.__version__}\n{json.dumps(shapes)}\n'
        return head.encode() + network._model


class _Runtime(_Checked):
    def deserialize_cuda_engine(self, plan: bytes) -> _Engine | None:
        release, shapes, model = plan.split(b'\n', 2)
        if release.decode() != self._api.__version__:
            return None
        return _Engine(self._api, _session(model), json.loads(shapes))


class _Engine(_Checked):
    def __init__(self, api: FakeTensorRt, session: Any, ranges: dict[str, Any]) -> None:
        super().__init__(api, 'ICudaEngine')
        self._ranges = ranges
        self._session = session
        arguments = [*session.get_inputs(), *session.get_outputs()]
        self._arguments = {argument.name: argument for argument in arguments}

    @property
    def num_io_tensors(self) -> int:
        return len(self._arguments)

    def get_tensor_name(self, index: int) -> str:
        return list(self._arguments)[index]

    def get_tensor_mode(self, name: str) -> object:
        inputs = [argument.name for argument in self._session.get_inputs()]
        mode = self._api.TensorIOMode
        return mode.INPUT if name in inputs else mode.OUTPUT

    def get_tensor_dtype(self, name: str) -> Any:
        kind = _TYPES[self._arguments[name].type]
        # The parser of 8.6 narrows what the release has no type for.
        types = self._api.DataType
        return getattr(types, kind) if hasattr(types, kind) else types.INT32

    def get_tensor_shape(self, name: str) -> tuple[int, ...]:
        return tuple(n if isinstance(n, int) else -1 for n in self._arguments[name].shape)

    def get_tensor_profile_shape(self, name: str, profile: int) -> list[tuple[int, ...]]:
        assert profile == 0
        return [tuple(shape) for shape in self._ranges[name]]

    def create_execution_context(self) -> _Context:
        return _Context(self._api, self)


class _Context(_Checked):
    def __init__(self, api: FakeTensorRt, engine: _Engine) -> None:
        super().__init__(api, 'IExecutionContext')
        self._engine = engine
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._addresses: dict[str, int] = {}
        self._known: dict[object, dict[str, tuple[int, ...]]] = {}

    def set_input_shape(self, name: str, shape: Sequence[int]) -> bool:
        self._shapes[name] = tuple(shape)
        return True

    def set_tensor_address(self, name: str, pointer: int) -> bool:
        self._addresses[name] = pointer
        return True

    def get_tensor_shape(self, name: str) -> tuple[int, ...]:
        return self._shapes.get(name) or self._outputs()[name]

    def execute_async_v3(self, stream: int) -> bool:
        addresses, shapes = dict(self._addresses), dict(self._shapes)
        self._api._cuda.enqueue(stream, lambda: self._compute(addresses, shapes))
        return True

    def _compute(self, addresses: dict[str, int], shapes: dict[str, tuple[int, ...]]) -> None:
        cuda = self._api._cuda
        feed = {
            name: cuda.read(addresses[name], shape, self._dtype(name)).astype(self._wide(name))
            for name, shape in shapes.items()
        }
        for name, value in self._run(feed):
            target = cuda.read(addresses[name], value.shape, self._dtype(name))
            np.copyto(target, value, casting='same_kind')

    def _outputs(self) -> dict[str, tuple[int, ...]]:
        key = tuple(sorted(self._shapes.items()))
        if key not in self._known:
            feed = {n: np.zeros(shape, self._wide(n)) for n, shape in self._shapes.items()}
            self._known[key] = {name: value.shape for name, value in self._run(feed)}
        return self._known[key]

    def _run(self, feed: dict[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
        session = self._engine._session
        names = [argument.name for argument in session.get_outputs()]
        return zip(names, session.run(names, feed))

    def _dtype(self, name: str) -> np.dtype:
        return np.dtype(_NUMPY[self._engine.get_tensor_dtype(name).name])

    def _wide(self, name: str) -> np.dtype:
        return np.dtype(_NUMPY[_TYPES[self._engine._arguments[name].type]])


def _calibrate(calibrator: Any, network: _Network) -> None:
    """Ask for the ranges, and for batches if there are none, as a build in int8 does."""
    if getattr(calibrator, 'read_calibration_cache', None) is None:
        return
    if calibrator.read_calibration_cache() is not None:
        return
    names = [network.get_input(index).name for index in range(network.num_inputs)]
    count = 0
    while calibrator.get_batch(names) is not None:
        count += 1
    calibrator.write_calibration_cache(f'ranges of {count} batches'.encode())


def _session(model: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=['CPUExecutionProvider'])
