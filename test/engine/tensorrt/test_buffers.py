"""Buffers grow, keep their place otherwise, and are given back; the stream knows what may run."""

from __future__ import annotations

from fake_cuda import FakeCuda
import numpy as np

from efficientsam3_ros.engine.tensorrt.buffers import GRANULE, DeviceBuffer, HostBuffer, Stream

FLOAT = np.dtype(np.float32)


def test_a_device_buffer_moves_only_when_it_must_grow():
    cuda = FakeCuda()
    buffer = DeviceBuffer(cuda)
    assert buffer.reserve(100)
    place = buffer.pointer
    assert not buffer.reserve(GRANULE)
    assert not buffer.reserve(1)
    assert buffer.pointer == place
    assert buffer.reserve(GRANULE + 1)
    assert (cuda.in_use, cuda.allocations) == (1, 2)
    buffer.free()
    buffer.free()
    assert cuda.in_use == 0


def test_an_empty_tensor_has_an_address():
    buffer = DeviceBuffer(FakeCuda())
    buffer.reserve(0)
    assert buffer.pointer


def test_host_views_share_one_pinned_block():
    cuda = FakeCuda()
    buffer = HostBuffer(cuda)
    first = buffer.view((2, 3), FLOAT)
    first[:] = 7
    again = buffer.view((3, 2), FLOAT)
    assert np.shares_memory(first, again) and (again == 7).all()
    assert buffer.view((1000,), FLOAT).nbytes == 4000
    assert buffer.view((), FLOAT).shape == ()
    assert cuda.in_use == 1
    buffer.free()
    assert cuda.in_use == 0


def test_work_is_pending_until_somebody_waits():
    cuda = FakeCuda()
    stream = Stream(cuda)
    assert not stream.pending(0)
    first = stream.mark()
    assert stream.pending(first)
    stream.synchronise()
    second = stream.mark()
    assert not stream.pending(first)
    assert stream.pending(second)
    stream.close()
    assert cuda.in_use == 0
