from __future__ import annotations

from threading import Event, get_ident

import pytest

from efficientsam3_ros.tracking.live.worker import Worker, WorkerStoppedError

WAIT_S = 30.0


class Bench:
    """A worker whose processing waits for a gate."""

    def __init__(self):
        self.done = []
        self.errors = []
        self.entered, self.gate = Event(), Event()
        self.worker = Worker(self.process, self.errors.append)
        self.worker.start()

    def process(self, item):
        self.entered.set()
        assert self.gate.wait(WAIT_S)
        if isinstance(item, Exception):
            raise item
        self.done.append(item)

    def occupy(self, item):
        self.worker.offer(item)
        assert self.entered.wait(WAIT_S)

    def settle(self):
        self.gate.set()
        self.worker.call(lambda: None).result(WAIT_S)


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.gate.set()
    bench.worker.stop()


def test_newest_item_wins_and_the_displaced_are_counted(bench):
    bench.occupy('first')
    assert [bench.worker.offer(i) for i in ('a', 'b', 'c')] == [0, 1, 1]
    bench.settle()
    bench.settle()
    bench.worker.stop()
    assert bench.done == ['first', 'c']


def test_jobs_run_in_order_before_the_next_item_in_the_same_thread(bench):
    bench.occupy('first')
    bench.worker.offer('second')
    threads = []
    bench.worker.call(lambda: (bench.done.append('job 1'), threads.append(get_ident())))
    last = bench.worker.call(lambda: bench.done.append('job 2'))
    bench.gate.set()
    last.result(WAIT_S)
    assert bench.done[:3] == ['first', 'job 1', 'job 2']
    assert threads[0] != get_ident()


def test_a_crash_is_told_and_the_thread_goes_on(bench):
    error = ValueError('bad item')
    bench.occupy(error)
    bench.settle()
    assert bench.errors == [error]
    bench.worker.offer('good')
    bench.settle()
    bench.worker.stop()
    assert bench.done == ['good']


def test_a_failing_job_tells_its_caller(bench):
    with pytest.raises(ZeroDivisionError):
        bench.worker.call(lambda: 1 / 0).result(WAIT_S)
    assert bench.errors == []


def test_clear_drops_what_waits(bench):
    bench.occupy('first')
    bench.worker.offer('second')
    assert (bench.worker.clear(), bench.worker.clear()) == (1, 0)
    bench.settle()
    assert bench.done == ['first']


def test_stop_answers_waiting_jobs_and_refuses_new_ones(bench):
    bench.occupy('first')
    late = bench.worker.call(lambda: 'never')
    bench.worker._running = False
    bench.gate.set()
    bench.worker.stop()
    with pytest.raises(WorkerStoppedError):
        late.result(WAIT_S)
    with pytest.raises(WorkerStoppedError, match='configure'):
        bench.worker.call(lambda: None)
