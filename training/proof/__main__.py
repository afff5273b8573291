r"""Progressive hierarchical distillation at small scale, each part left out in turn.

A teacher with SAM 3's heads is trained on drawn icons, then every row of the table with every
seed. What is finished is not run again: the same command goes on where it ended.

Examples:
    python -m training.proof --plan training/configs/proof/plan.yaml --out runs/proof --dry-run
    python -m training.proof --plan training/configs/proof/plan.yaml --out runs/proof
    python -m training.proof --plan training/configs/proof/plan.yaml --out runs/proof 'seeds=[1]'
"""

from __future__ import annotations

from pathlib import Path
import sys

from omegaconf import OmegaConf

from efficientsam3_ros.core.writing.atomic import write_text
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from training.pipeline.plan import Pipeline
from training.pipeline.running import run_steps
from training.proof.commands import NO_LIMIT, InOwnProcesses, InThisProcess, Runner
from training.proof.estimate import estimate
from training.proof.page import write_page
from training.proof.plan import ProofPlan
from training.proof.rows import RESOLVED, Rows
from training.proof.running import run_seeds
from training.proof.settings import settings_of_rows
from training.proof.table import collect, write_table
from training.settings.command_line import Count, run_command


def proof(
    *overrides: str,
    plan: Path,
    out: Path,
    jobs: Count = 2,
    one_process: bool = False,
    dry_run: bool = False,
) -> int | None:
    """Run what is not finished, and write the table.

    Args:
        overrides: Entries of the plan in the place of the file's, such as seeds=[1,2,3].
        plan: YAML file of the proof.
        out: Folder of all of it: data, teacher, runs, table.md, table.json and table.html.
        jobs: Seeds that are trained at once, each on one thread.
        one_process: Run everything in this process, without limits of time; for tests.
        dry_run: Print what is left to do and how long it takes; write nothing.
    """
    wanted = ProofPlan.load(plan, overrides)
    check_output(out, [plan], kind=ResultKind.PIPELINE, resume=True)
    if dry_run:
        print(estimate(wanted, out, jobs))
        return None
    # What is wrong with a row is told before hours of work on those above it.
    settings_of_rows(Rows(wanted, out, wanted.seeds[0]))
    out.mkdir(parents=True, exist_ok=True)
    mark_folder(out, ResultKind.PIPELINE)
    write_text(out / RESOLVED, OmegaConf.to_yaml(OmegaConf.structured(wanted)))
    run: Runner = InThisProcess() if one_process else InOwnProcesses()
    try:
        if wanted.prepare:
            steps = Pipeline(wanted.name, wanted.prepare, wanted.values)
            if code := run_steps(steps, out, lambda module, words: run(module, words, NO_LIMIT)):
                return code
        return run_seeds(wanted, out, 1 if one_process else jobs, run)
    finally:
        table = collect(wanted, out)
        print(write_table(table, out, wanted.name))
        print(f'report: {write_page(table, out, wanted.name)}')


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.proof', __doc__, proof, argv)


if __name__ == '__main__':
    sys.exit(main())
