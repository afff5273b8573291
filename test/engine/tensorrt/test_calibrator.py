"""Calibration feeds batches through the device and keeps what it measured."""

from __future__ import annotations

from fake_cuda import FakeCuda
from fake_tensorrt import RELEASES, FakeTensorRt
import numpy as np
import pytest

from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.engine.tensorrt.calibrator import make_calibrator


def test_batches_go_to_the_device_one_by_one(tmp_path):
    cuda = FakeCuda()
    images = [np.full((1, 3, 4, 6), index, np.float32) for index in range(2)]
    batches = iter([{'image': image} for image in images])
    trt = FakeTensorRt(cuda, '10.3.0')
    calibrator = make_calibrator(trt, cuda, batches, tmp_path / 'ranges')
    for image in images:
        (pointer,) = calibrator.get_batch(['image'])
        assert np.array_equal(cuda.read(pointer, image.shape, image.dtype), image)
    assert calibrator.get_batch(['image']) is None


def test_measured_ranges_are_kept(tmp_path):
    cuda = FakeCuda()
    trt = FakeTensorRt(cuda, '8.6.1')
    calibrator = make_calibrator(trt, cuda, iter(()), tmp_path / 'ranges')
    assert calibrator.read_calibration_cache() is None
    calibrator.write_calibration_cache(memoryview(b'ranges'))
    assert calibrator.read_calibration_cache() == b'ranges'


def test_a_release_without_calibration_says_what_to_do(tmp_path):
    trt = FakeTensorRt(FakeCuda(), RELEASES[-1])
    with pytest.raises(EngineError, match='--precision int8'):
        make_calibrator(trt, FakeCuda(), iter(()), tmp_path / 'ranges')
