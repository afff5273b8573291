"""One thread that works on the newest item, and does small jobs in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from threading import Condition, Thread
from typing import Any, Generic, TypeVar

ItemT = TypeVar('ItemT')
ResultT = TypeVar('ResultT')


class WorkerStoppedError(RuntimeError):
    """A job that was handed to a worker which does not run."""


class Worker(Generic[ItemT]):
    """A one-slot mailbox with a thread behind it; the newest item wins.

    Jobs run in the same thread, in order, before the next item: what they change is never seen
    half-way by the processing.

    Args:
        process: Called with each item; must not raise for expected faults.
        crashed: Called with the exception if it does; the thread goes on.
    """

    def __init__(
        self, process: Callable[[ItemT], None], crashed: Callable[[Exception], None]
    ) -> None:
        self._process = process
        self._crashed = crashed
        self._changed = Condition()
        self._slot: list[ItemT] = []
        self._jobs: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._running = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._running = True
        self._thread = Thread(target=self._run, name='tracker worker', daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, drop the rest and end the thread."""
        with self._changed:
            self._running = False
            self._slot.clear()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        for _, future in self._jobs:
            future.set_exception(WorkerStoppedError('The tracker was shut down meanwhile.'))
        self._jobs.clear()

    def offer(self, item: ItemT) -> int:
        """Hand over an item; return how many older ones it displaced (0 or 1)."""
        with self._changed:
            displaced = len(self._slot)
            self._slot[:] = [item]
            self._changed.notify_all()
        return displaced

    def clear(self) -> int:
        """Drop the waiting item; return how many there were (0 or 1)."""
        with self._changed:
            dropped = len(self._slot)
            self._slot.clear()
        return dropped

    def call(self, job: Callable[[], ResultT]) -> Future[ResultT]:
        """Run a job between two items.

        Raises:
            WorkerStoppedError: If the worker does not run.
        """
        future: Future[ResultT] = Future()
        with self._changed:
            if not self._running:
                raise WorkerStoppedError('The tracker is not configured; configure it first.')
            self._jobs.append((job, future))
            self._changed.notify_all()
        return future

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._slot or not self._running)
                if not self._running:
                    return
                job = self._jobs.popleft() if self._jobs else None
                item = self._slot.pop() if job is None else None
            if job is not None:
                _settle(*job)
            elif item is not None:
                self._work(item)

    def _work(self, item: ItemT) -> None:
        try:
            self._process(item)
        except Exception as error:  # a node never dies of one image
            self._crashed(error)


def _settle(job: Callable[[], ResultT], future: Future[ResultT]) -> None:
    try:
        future.set_result(job())
    except Exception as error:
        future.set_exception(error)
