"""Recordings are made on the second run, bounded in number and dropped on demand."""

from __future__ import annotations

from fake_cuda import FakeCuda
import pytest

from efficientsam3_ros.engine.tensorrt.cuda_graphs import LIMIT, CudaGraphs


class Network:
    """Counts how often it is enqueued and how often it is computed."""

    def __init__(self, capable: bool = True) -> None:
        self.cuda = FakeCuda(capable=capable)
        self.stream = self.cuda.create_stream()
        self.graphs = CudaGraphs(self.cuda, self.stream)
        self.enqueued = self.computed = 0

    def run(self, key: object) -> None:
        self.graphs.run(key, self._enqueue)
        self.cuda.synchronise(self.stream)

    def _enqueue(self) -> None:
        self.enqueued += 1
        self.cuda.enqueue(self.stream, self._compute)

    def _compute(self) -> None:
        self.computed += 1


def test_the_second_run_is_recorded_and_later_ones_replayed():
    network = Network()
    for _ in range(5):
        network.run('a')
    assert (network.enqueued, network.computed, network.cuda.launches) == (2, 5, 4)


def test_every_run_computes_once_even_where_nothing_can_be_recorded():
    network = Network(capable=False)
    for _ in range(4):
        network.run('a')
    assert (network.computed, network.cuda.launches) == (4, 0)
    assert not network.graphs.possible


@pytest.mark.parametrize('rounds', [2, 6])
def test_recordings_are_bounded(rounds):
    network = Network()
    for _ in range(rounds):
        for key in range(LIMIT + 3):
            network.run(key)
    assert len(network.graphs) <= LIMIT
    assert network.computed == rounds * (LIMIT + 3)
    network.graphs.clear()
    # Only the stream is left.
    assert network.cuda.in_use == 1


def test_keys_that_never_repeat_are_not_hoarded():
    network = Network()
    for key in range(1000):
        network.run(key)
    assert len(network.graphs._seen) <= 4 * LIMIT
    assert network.cuda.launches == 0
