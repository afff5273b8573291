"""What a proof will take, from measured seconds a step."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.evaluation.run.text_table import text_table
from training.pipeline.running import STATE, finished_steps
from training.proof.plan import ProofPlan
from training.proof.rows import Rows
from training.proof.settings import settings_of_rows


def estimate(plan: ProofPlan, out: Path, jobs: int) -> str:
    """Return a table of what is left to do, and the hours of all of it.

    Settings of every row are read, so what is wrong with them is told here.

    Args:
        plan: The plan.
        out: Folder of the proof.
        jobs: Seeds at once.

    Raises:
        ConfigError: Of :func:`settings_of_rows`.
    """
    prepared = finished_steps(out) if (out / STATE).is_file() else {}
    rows = [['what', 'steps', 'minutes']]
    total = 0.0
    for step in plan.prepare:
        minutes = 0.0 if step.name in prepared else plan.minutes.get(step.name, 0.0)
        rows.append([step.name, '', f'{minutes:.0f}'])
        total += minutes
    seeds = {seed: finished_steps(Rows(plan, out, seed).folder) for seed in plan.seeds}
    for name, settings in settings_of_rows(Rows(plan, out, plan.seeds[0])).items():
        steps = settings.schedule.steps
        row = plan.rows[name]
        seconds = row.seconds or plan.stages[row.stage].seconds
        minutes = min(plan.budget, steps * seconds / 60)
        left = sum(name not in done for done in seeds.values())
        rows.append([f'{name}, {left} seeds', f'{steps:,}', f'{minutes * left:.0f}'])
        total += minutes * left / min(jobs, len(plan.seeds))
    rows.append([f'all, {jobs} seeds at once: {total / 60:.1f} hours', '', f'{total:.0f}'])
    return text_table(rows, 1)
