"""Jobs one after another, or in several processes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
import multiprocessing
import os
import signal

from efficientsam3_ros.evaluation.run.in_process import InProcess
from efficientsam3_ros.evaluation.run.job import Job, Outcome, run_job
from efficientsam3_ros.evaluation.run.plan import RunPlan
from efficientsam3_ros.evaluation.run.prediction import Predictor, Tick

DIED = (
    'The process that worked on it died twice, perhaps for want of memory; use fewer --workers '
    'and --resume to go on.'
)


def run_here(jobs: Sequence[Job], predictor: Predictor, tick: Tick) -> Iterator[Outcome]:
    """Yield the outcomes in the order of the jobs; closes the predictor at the end."""
    try:
        for job in jobs:
            yield run_job(job, predictor, tick)
    finally:
        predictor.close()


def run_in_processes(
    jobs: Sequence[Job], workers: int, make: Callable[[RunPlan], Predictor] = InProcess
) -> Generator[Outcome, None, None]:
    """Yield the outcomes as they come.

    An interruption ends the workers at once; what they finished is in the cache. Sequences that
    were lost with a worker are tried again.

    Args:
        jobs: All of one plan.
        workers: Number of processes.
        make: Makes the predictor in each process; a name of a module, so that it can be sent.
    """
    suspects = []
    with closing(_pool(jobs, workers, make)) as running:
        for job, outcome in running:
            if outcome is None:
                suspects.append(job)
            else:
                yield outcome
    # One at a time, so that a sequence which kills its process takes no other with it.
    for job in suspects:
        with closing(_pool([job], 1, make)) as running:
            for _, outcome in running:
                yield outcome or Outcome(job.name, error=DIED)


def _pool(
    jobs: Sequence[Job], workers: int, make: Callable[[RunPlan], Predictor]
) -> Generator[tuple[Job, Outcome | None], None, None]:
    """Yield what comes; None for jobs that were lost with the pool."""
    # Spawned, not forked: neither threads nor OpenGL contexts survive a fork.
    context = multiprocessing.get_context('spawn')
    pool = ProcessPoolExecutor(workers, context, _start_worker, (jobs[0].plan, make))
    try:
        pending = {pool.submit(_work, job): job for job in jobs}
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                job = pending.pop(future)
                lost = isinstance(future.exception(), BrokenProcessPool)
                yield job, None if lost else future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown()


def threads_per_worker(threads: int, workers: int) -> int:
    """Share all cores among workers where the user did not say."""
    if threads or workers <= 1:
        return threads
    return max(1, (os.cpu_count() or 1) // workers)


def _start_worker(plan: RunPlan, make: Callable[[RunPlan], Predictor]) -> None:
    global _predictor
    # Ctrl-C reaches every process of a terminal; the parent alone decides what to do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _predictor = make(plan)


def _work(job: Job) -> Outcome:
    return run_job(job, _predictor, lambda: None)


_predictor: Predictor
