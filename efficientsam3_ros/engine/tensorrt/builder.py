"""From an ONNX file to a plan, with TensorRT 8.6 to 11.

Differences that matter (public headers and Python bindings of 8.6.1, 10.3, 10.16 and 11.4):
``EXPLICIT_BATCH`` must be given in 8.6, is ignored in 10 and gone in 11; 11 always takes the types
of the graph, so that flags for reduced precision and INT8 calibrators are gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.engine.protocol import EngineError
from efficientsam3_ros.engine.tensorrt.profiles import InputRange, NetworkInput

if TYPE_CHECKING:
    import tensorrt

WORKSPACE_BYTES = 1 << 30
"""Scratch memory that kernels may take."""
_FLAGS = {'fp32': (), 'fp16': ('FP16',), 'bf16': ('BF16',), 'int8': ('INT8', 'FP16')}


class NetworkBuilder:
    """One ONNX file, parsed by TensorRT.

    Args:
        trt: The module ``tensorrt``.
        logger: Its logger.
        path: The ONNX file.
        keep_types: Compute in the types of the graph where the release can (9 and later). A flag
            for half precision would let TensorRT narrow what the export left in float32, and
            EfficientViT's sums overflow there; 8.6 knows nothing else.

    Raises:
        BundleError: If TensorRT's parser refuses the file.
    """

    def __init__(
        self, trt: Any, logger: tensorrt.ILogger, path: Path, keep_types: bool = False
    ) -> None:
        self._trt = trt
        self._builder: tensorrt.Builder = trt.Builder(logger)
        flags, kept = _network_flags(trt, keep_types)
        self._typed = kept or strongly_typed(trt)
        self._network: tensorrt.INetworkDefinition = self._builder.create_network(flags)
        parser: tensorrt.OnnxParser = trt.OnnxParser(self._network, logger)
        self._path = path
        # The parser keeps weights in its own memory: it has to live as long as the network.
        self._parser = parser
        if not parser.parse_from_file(str(path)):
            causes = '; '.join(
                str(parser.get_error(index)) for index in range(min(3, parser.num_errors))
            )
            raise BundleError(
                f"{path} cannot be read by TensorRT {trt.__version__}'s ONNX parser ({causes}); "
                'export the bundle again, update TensorRT, or use the backend "onnxruntime-cuda".'
            )

    def inputs(self) -> tuple[NetworkInput, ...]:
        """Return the network's inputs."""
        found = []
        for index in range(self._network.num_inputs):
            tensor = self._network.get_input(index)
            shape = tuple(tensor.shape)
            axes = tuple(tensor.get_dimension_name(axis) or '' for axis in range(len(shape)))
            found.append(NetworkInput(tensor.name, shape, axes))
        return tuple(found)

    def build(
        self,
        precision: str,
        ranges: Mapping[str, InputRange],
        timing: bytes = b'',
        calibrator: Any | None = None,
    ) -> tuple[bytes, bytes]:
        """Choose kernels; takes minutes.

        Args:
            precision: Of ``EngineOptions``.
            ranges: Shapes of each free input.
            timing: Kernel times of earlier builds on this machine.
            calibrator: For INT8 without quantised graphs.

        Returns:
            The serialised engine, and the kernel times measured for it.

        Raises:
            EngineError: If this TensorRT lacks the precision, or the build fails.
        """
        config: tensorrt.IBuilderConfig = self._builder.create_builder_config()
        config.set_memory_pool_limit(self._trt.MemoryPoolType.WORKSPACE, WORKSPACE_BYTES)
        self._set_precision(config, precision, calibrator)
        profile = self._add_profile(config, ranges)
        if calibrator is not None and profile is not None:
            config.set_calibration_profile(profile)
        cache = config.create_timing_cache(timing)
        if not config.set_timing_cache(cache, ignore_mismatch=False):
            cache = config.create_timing_cache(b'')
            config.set_timing_cache(cache, ignore_mismatch=False)
        plan = self._builder.build_serialized_network(self._network, config)
        if plan is None:
            raise EngineError(
                f'TensorRT {self._trt.__version__} could not build {self._path.name} in '
                f'{precision}; its log above names the layer. Free GPU memory, try '
                'precision fp32, or use the backend "onnxruntime-cuda".'
            )
        found: tensorrt.ITimingCache | None = config.get_timing_cache()
        return bytes(plan), bytes(found.serialize()) if found is not None else b''

    def _set_precision(
        self, config: tensorrt.IBuilderConfig, precision: str, calibrator: Any | None
    ) -> None:
        flags = self._trt.BuilderFlag
        if precision == 'fp32':
            # On by default, and three digits less than the name promises.
            config.clear_flag(flags.TF32)
        quantized = precision == 'int8' and self.is_quantized()
        if self._typed:
            self._require_types(precision, quantized)
            return
        for name in _FLAGS[precision]:
            if not hasattr(flags, name):
                raise EngineError(
                    f'TensorRT {self._trt.__version__} has no {precision}; use fp16 or fp32.'
                )
            config.set_flag(getattr(flags, name))
        if precision == 'int8' and not quantized:
            if calibrator is None:
                raise EngineError(
                    f'{self._path.name} is not quantised and there is no calibration cache; '
                    'export the bundle with --precision int8 and images, calibrate here with '
                    '"efficientsam3 doctor --engine tensorrt:int8 --calibrate FOLDER", or use '
                    'fp16.'
                )
            config.int8_calibrator = calibrator

    def _require_types(self, precision: str, quantized: bool) -> None:
        """Where the graph's types rule, refuse a precision that the graph does not have."""
        fits = (
            quantized
            if precision == 'int8'
            else _DATA_TYPES[precision] in self._weight_types() or precision == 'fp32'
        )
        if not fits:
            raise EngineError(
                f'TensorRT {self._trt.__version__} computes in the types of the graph, and '
                f'{self._path.name} holds no {precision}; export the bundle with --precision '
                f'{precision}, or load it with precision fp32.'
            )

    def is_quantized(self) -> bool:
        """Tell whether the graph brings its own 8-bit ranges."""
        kind = self._trt.LayerType.QUANTIZE
        layers = range(self._network.num_layers)
        return any(self._network.get_layer(index).type == kind for index in layers)

    def _weight_types(self) -> set[str]:
        layers = map(self._network.get_layer, range(self._network.num_layers))
        return {
            layer.get_output(output).dtype.name
            for layer in layers
            for output in range(layer.num_outputs)
        }

    def _add_profile(
        self, config: tensorrt.IBuilderConfig, ranges: Mapping[str, InputRange]
    ) -> tensorrt.IOptimizationProfile | None:
        if not ranges:
            return None
        profile: tensorrt.IOptimizationProfile = self._builder.create_optimization_profile()
        for name, shapes in ranges.items():
            profile.set_shape(name, shapes.minimum, shapes.optimum, shapes.maximum)
        if config.add_optimization_profile(profile) < 0:
            raise EngineError(
                f'TensorRT refused the shapes {dict(ranges)} of {self._path.name}; export the '
                'bundle again.'
            )
        return profile


_DATA_TYPES = {'fp32': 'FLOAT', 'fp16': 'HALF', 'bf16': 'BF16'}


def strongly_typed(trt: Any) -> bool:
    """Tell whether this TensorRT always takes the types of the graph (11 and later)."""
    return not hasattr(trt.BuilderFlag, 'FP16')


def _network_flags(trt: Any, keep_types: bool) -> tuple[int, bool]:
    """Return the flags of ``create_network``, and whether they make the graph's types rule."""
    known = trt.NetworkDefinitionCreationFlag
    # Has to be asked for in 8.6; later releases know nothing else.
    explicit = getattr(known, 'EXPLICIT_BATCH', None)
    typed = getattr(known, 'STRONGLY_TYPED', None) if keep_types else None
    flags = [flag for flag in (explicit, typed) if flag is not None]
    return sum(1 << int(flag) for flag in flags), typed is not None
