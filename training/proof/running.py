"""Runs the rows of a proof, every seed by itself; what is finished is not run again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import json
from pathlib import Path
from time import monotonic

from efficientsam3_ros.core.errors.report import USER_ERROR
from efficientsam3_ros.core.writing.atomic import write_json
from training.pipeline.plan import PipelineStep, digest
from training.pipeline.running import STATE, finished_steps, is_finished
from training.proof.commands import NO_LIMIT, OVER_BUDGET, Runner
from training.proof.plan import TEACHER, ProofPlan
from training.proof.rows import Rows
from training.settings.reading import ConfigError

SPENT = 'seconds.json'
_ENDED = {
    OVER_BUDGET: 'no weights at its budget; give a larger budget',
    USER_ERROR: 'refused, see its message above',
}


def run_seeds(
    plan: ProofPlan, out: Path, jobs: int, run: Runner, tell: Callable[[str], None] = print
) -> int:
    """Train and score every row; return the exit code of what failed, else 0.

    Args:
        plan: What to run; its preparation is finished.
        out: Folder of the proof.
        jobs: Seeds at once.
        run: Runs a command.
        tell: Told what is run and what is not.

    Raises:
        ConfigError: If a finished row was another one, or one made nothing.
    """
    chains = [_Chain(Rows(plan, out, seed), run, tell) for seed in plan.seeds]
    if code := chains[0].score(TEACHER, ''):
        return code
    with ThreadPoolExecutor(jobs) as pool:
        try:
            return max([job.result() for job in [pool.submit(chain.run) for chain in chains]])
        except BaseException:
            # Else the pool would wait for trainings that nobody asked for any more.
            run.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Chain:
    """The rows of one seed, one after the other."""

    def __init__(self, rows: Rows, run: Runner, tell: Callable[[str], None]) -> None:
        self._rows, self._run, self._tell = rows, run, tell
        self._folder = rows.folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._done = finished_steps(self._folder)

    def run(self) -> int:
        """Train and score every row."""
        rows, digests = self._rows, dict[str, str]()
        for name, row in rows.plan.rows.items():
            before = ''.join(digests[other] for other in row.after)
            training = rows.training(name)
            digests[name] = digest(training, before) if training else before
            limit = rows.plan.budget * 60
            code = self._step(training, digests[name], limit) if training else 0
            if code := code or self.score(name, digests[name]):
                return code
        return 0

    def score(self, name: str, before: str) -> int:
        """Score a row of networks that a digest tells from others."""
        rows = self._rows
        step = rows.scoring(name, _spent(self._folder).get(name, 0.0))
        # Neither the other rows of the plan nor the time change what is scored.
        held_out = [str(value) for value in vars(rows.plan.held_out).values()]
        what = PipelineStep(step.name, step.module, held_out, step.makes)
        return self._step(step, digest(what, before), NO_LIMIT)

    def _step(self, step: PipelineStep, now: str, budget: float) -> int:
        out, what = self._rows.out, f'{self._folder.name}: {step.name}'
        if is_finished(step, out, self._done, now):
            return 0
        self._tell(f'{what}: python -m {step.module} {" ".join(step.words)}')
        code = self._timed(step, budget)
        made = (out / step.makes).exists()
        if code and not (code == OVER_BUDGET and made):
            why = _ENDED.get(code, f'ended with {code}; the same command goes on')
            self._tell(f'{what}: {why}.')
            return code
        if not made:
            raise ConfigError(f'{what} ended without {out / step.makes}.')
        if code:
            self._tell(f'{what} was ended at its budget; its best weights so far count.')
        self._done[step.name] = now
        write_json(self._folder / STATE, self._done)
        return 0

    def _timed(self, step: PipelineStep, budget: float) -> int:
        spent, started = _spent(self._folder), monotonic()
        left = budget - spent.get(step.name, 0.0)
        try:
            return self._run(step.module, step.words, left) if left > 0 else OVER_BUDGET
        finally:
            taken = spent.get(step.name, 0.0) + monotonic() - started
            write_json(self._folder / SPENT, {**_spent(self._folder), step.name: taken})


def _spent(folder: Path) -> dict[str, float]:
    path = folder / SPENT
    found: dict[str, float] = json.loads(path.read_text()) if path.is_file() else {}
    return found
