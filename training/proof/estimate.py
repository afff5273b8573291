"""What a proof will take, from measured seconds a step."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.evaluation.run.text_table import text_table
from training.concept.config import ConceptRunConfig
from training.encoder.config import EncoderRunConfig
from training.pipeline.running import STATE, finished_steps
from training.proof.plan import ProofPlan, ProofRow
from training.proof.rows import Rows
from training.settings.config import RunConfig
from training.video.config import VideoRunConfig

_SETTINGS: dict[str, type[RunConfig]] = {
    'align': ConceptRunConfig,
    'stage1': EncoderRunConfig,
    'stage2': VideoRunConfig,
    'stage3': ConceptRunConfig,
}


def estimate(plan: ProofPlan, out: Path, jobs: int) -> str:
    """Return a table of what is left to do, and the hours of all of it.

    Settings of every row are read, so what is wrong with them is told here.

    Args:
        plan: The plan.
        out: Folder of the proof.
        jobs: Seeds at once.

    Raises:
        ConfigError: If settings of a row are wrong.
    """
    prepared = finished_steps(out) if (out / STATE).is_file() else {}
    rows = [['what', 'steps', 'minutes']]
    total = 0.0
    for step in plan.prepare:
        minutes = 0.0 if step.name in prepared else plan.minutes.get(step.name, 0.0)
        rows.append([step.name, '', f'{minutes:.0f}'])
        total += minutes
    seeds = {seed: finished_steps(Rows(plan, out, seed).folder) for seed in plan.seeds}
    for name, row in plan.rows.items():
        if not row.stage:
            continue
        steps, minutes = _of_row(plan, row, Rows(plan, out, plan.seeds[0]))
        left = sum(name not in done for done in seeds.values())
        rows.append([f'{name}, {left} seeds', f'{steps:,}', f'{minutes * left:.0f}'])
        total += minutes * left / min(jobs, len(plan.seeds))
    rows.append([f'all, {jobs} seeds at once: {total / 60:.1f} hours', '', f'{total:.0f}'])
    return text_table(rows, 1)


def _of_row(plan: ProofPlan, row: ProofRow, rows: Rows) -> tuple[int, float]:
    """Return steps and minutes of a row with one seed; no more than its budget."""
    stage = plan.stages[row.stage]
    settings = _SETTINGS[row.stage].load(Path(stage.config), rows.settings(row))
    steps = settings.schedule.steps
    return steps, min(plan.budget, steps * (row.seconds or stage.seconds) / 60)
