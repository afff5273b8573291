"""The stream knows what may still be running."""

from fake_cuda import FakeCuda

from efficientsam3_ros.engine.tensorrt.stream import Stream


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
