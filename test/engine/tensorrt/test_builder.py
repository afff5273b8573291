"""The builder asks every release of TensorRT for what that release has."""

from __future__ import annotations

from pathlib import Path

from fake_cuda import FakeCuda
from fake_tensorrt import RELEASES, FakeTensorRt
import pytest
from tiny_onnx import write_tiny_bundle

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.engine.tensorrt.builder import NetworkBuilder, strongly_typed
from efficientsam3_ros.engine.tensorrt.profiles import DEFAULT_BOUNDS, plan_profile

OLDEST, NEWEST = RELEASES[0], RELEASES[-1]
TEN = '10.3.0'


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path)


def network_of(bundle: Path, release: str, graph: str = 'image_encoder'):
    trt = FakeTensorRt(FakeCuda(), release)
    return trt, NetworkBuilder(trt, trt.Logger(trt.Logger.WARNING), bundle / f'{graph}.onnx')


def built_with(bundle: Path, release: str, precision: str, **options) -> set[str]:
    """Return the flags that a build was asked for."""
    trt, network = network_of(bundle, release)
    network.build(precision, {}, **options)
    return trt.builds[0]._flags


def test_the_releases_are_those_of_jetpack_6_up_to_now():
    assert RELEASES[0].startswith('8.6') and TEN in RELEASES and NEWEST.startswith('11.')


@pytest.mark.parametrize('release', RELEASES)
def test_every_release_builds_with_full_precision_and_without_tf32(bundle, release):
    trt, network = network_of(bundle, release)
    plan, timing = network.build('fp32', {}, b'old times')
    assert plan and timing == b'old times+'
    assert trt.builds[0]._flags == set()
    assert trt.builds[0]._limits == [1 << 30]


@pytest.mark.parametrize('release', [OLDEST, TEN])
def test_reduced_precision_is_a_flag_up_to_ten(bundle, release):
    assert not strongly_typed(FakeTensorRt(FakeCuda(), release))
    assert built_with(bundle, release, 'fp16') == {'FP16', 'TF32'}
    calibrator = object()
    assert built_with(bundle, release, 'int8', calibrator=calibrator) >= {'INT8', 'FP16'}


def test_the_oldest_release_has_no_bfloat16(bundle):
    assert 'BF16' in built_with(bundle, TEN, 'bf16')
    with pytest.raises(EngineError, match=r'8\.6\.1 has no bf16; use fp16'):
        built_with(bundle, OLDEST, 'bf16')


@pytest.mark.parametrize('precision', ['fp16', 'bf16', 'int8'])
def test_from_eleven_on_the_types_of_the_graph_rule(bundle, precision):
    with pytest.raises(EngineError, match=f'holds no {precision}.*--precision'):
        built_with(bundle, NEWEST, precision)


def test_int8_needs_quantised_graphs_or_a_calibration(bundle):
    with pytest.raises(EngineError, match='--precision int8 and images'):
        built_with(bundle, TEN, 'int8')


def test_free_axes_become_one_profile(bundle):
    trt, network = network_of(bundle, TEN, 'detector')
    ranges = plan_profile(network.inputs(), {'K': DEFAULT_BOUNDS['prompts']} | DEFAULT_BOUNDS)
    network.build('fp32', ranges)
    (profile,) = trt.builds[0]._profiles
    assert profile._shapes == {'prompt_tokens': ((1, 1, 8), (1, 17, 8), (16, 64, 8))}


def test_a_build_that_fails_says_what_to_do(bundle):
    _, network = network_of(bundle, TEN, 'detector')
    with pytest.raises(EngineError, match=r'could not build detector\.onnx.*onnxruntime-cuda'):
        network.build('fp32', {})


@pytest.mark.parametrize('cut', [0, 40])
def test_a_damaged_file_is_a_bundle_error(bundle, cut):
    path = bundle / 'detector.onnx'
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(BundleError, match=r'detector\.onnx cannot be read by TensorRT 10\.3\.0'):
        network_of(bundle, TEN, 'detector')
