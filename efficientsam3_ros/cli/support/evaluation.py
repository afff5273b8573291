"""Runs the jobs of ``evaluate`` behind a progress bar, and writes what is left behind."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
import sys

from efficientsam3_ros.cli.support.console import frame_bar, progress
from efficientsam3_ros.core.writing.atomic import write_text
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.run.in_process import InProcess
from efficientsam3_ros.evaluation.run.job import Job, Outcome
from efficientsam3_ros.evaluation.run.plan import RunPlan
from efficientsam3_ros.evaluation.run.prediction import Predictor
from efficientsam3_ros.evaluation.run.runner import run_here, run_in_processes
from efficientsam3_ros.evaluation.stills.coco_files import write_coco_files


def evaluate(jobs: list[Job], workers: int) -> list[Outcome]:
    """Return what became of the jobs, all of one plan; says how to go on if interrupted."""
    if not jobs:
        return []
    try:
        if workers > 1:
            with closing(run_in_processes(jobs, min(workers, len(jobs)))) as running:
                return list(progress(running, 'sequences', len(jobs)))
        frames = sum(job.sequence.expected_frames for job in jobs)
        with frame_bar('frames', frames) as tick:
            return list(run_here(jobs, _predictor(jobs[0].plan), tick))
    except KeyboardInterrupt:
        print(
            f'What is finished is kept in {jobs[0].plan.cache}; the same command with --resume '
            'goes on from there.',
            file=sys.stderr,
        )
        raise


def _predictor(plan: RunPlan) -> Predictor:
    if not plan.over_dds:
        return InProcess(plan)
    from efficientsam3_ros.harness.node_predictor import NodePredictor

    return NodePredictor(plan)


def write(out: Path, results: RunResults, text: str, outcomes: list[Outcome]) -> None:
    """Write report, ``results.md``, COCO's files and, as proof of all, ``results.json``."""
    write_text(out / 'results.md', text)
    records = [item.record for item in outcomes if item.record is not None]
    if records:
        write_coco_files(out, sorted(records, key=lambda item: item.name))
    pictures = {item.name: item.pictures for item in outcomes if item.result is not None}
    try:
        from efficientsam3_ros.evaluation.report import report_page
    except ImportError as error:
        print(f'warning: no report.html is written: {error}', file=sys.stderr)
    else:
        write_text(out / 'report.html', report_page(results, pictures))
    results.save(out / 'results.json')
    print(f'results: {out}')
