"""``efficientsam3 evaluate`` on recordings: what is run, and what is left behind."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
import sys
import time

from efficientsam3_ros.bags.topics import BagTopics
from efficientsam3_ros.cli.support.options import OptionError, fresh
from efficientsam3_ros.cli.support.progress import frame_bar, progress
from efficientsam3_ros.cli.support.tracker_params import read_tracker_config
from efficientsam3_ros.core.atomic import write_text
from efficientsam3_ros.core.one_line import one_line
from efficientsam3_ros.datasets import Sequence, TruthOptions, open_sequences
from efficientsam3_ros.datasets.simulated.suites import find_suite, suite_bag
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.run.collect import collect
from efficientsam3_ros.evaluation.run.in_process import InProcess
from efficientsam3_ros.evaluation.run.job import Job, Outcome
from efficientsam3_ros.evaluation.run.plan import Mode, RunPlan
from efficientsam3_ros.evaluation.run.prediction import Predictor
from efficientsam3_ros.evaluation.run.runner import run_here, run_in_processes, threads_per_worker
from efficientsam3_ros.evaluation.run.summary import summary

CACHE = Path('output/evaluation')
FAILED = 1
_MS = 1_000_000


@dataclass
class _Found:
    """What lies at the paths of the user.

    Attributes:
        sequences: Unique name to sequence.
        failed: What cannot be opened.
    """

    sequences: dict[str, Sequence] = field(default_factory=dict)
    failed: list[Outcome] = field(default_factory=list)

    def add(self, sequence: Sequence) -> None:
        """Take in a sequence under a name that no other has."""
        taken = Counter(name.rpartition('~')[0] or name for name in self.sequences)
        count = taken[sequence.name]
        name = f'{sequence.name}~{count + 1}' if count else sequence.name
        self.sequences[name] = sequence


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print and write; return 1 if a sequence failed."""
    begin = time.monotonic()
    plan = _plan(arguments)
    settings = plan.settings()
    found = _open(arguments, plan.cache)
    out = _out(arguments)
    jobs = [
        Job(
            name,
            sequence,
            plan,
            settings.bundle_digest,
            'exemplar_encoder' in settings.graphs,
            out,
            arguments.overlay,
        )
        for name, sequence in found.sequences.items()
    ]
    outcomes = [*found.failed, *_evaluate(jobs, arguments.workers)]
    seconds = time.monotonic() - begin
    results = collect(settings, outcomes, seconds, arguments.workers, plan.threads)
    text = summary(results)
    print(text)
    if out is not None:
        _write(out, results, text, outcomes)
    return FAILED if results.failed else 0


def _plan(arguments: argparse.Namespace) -> RunPlan:
    mode = Mode(arguments.mode or ('realtime' if arguments.node else 'every_frame'))
    if arguments.node and mode is not Mode.REALTIME:
        raise OptionError('A node runs in real time; leave --mode out, or --node.')
    if mode is Mode.REALTIME and arguments.workers > 1:
        raise OptionError(
            'Several real-time runs on one machine slow each other down; leave --workers out.'
        )
    if arguments.node:
        from efficientsam3_ros.harness.ros_environment import require_ros

        require_ros()
    # Times of another day say nothing of today, so real time is measured anew unless resumed.
    reuse = not arguments.no_cache and (mode is Mode.EVERY_FRAME or arguments.resume)
    threshold = {} if arguments.threshold is None else {'detection_threshold': arguments.threshold}
    return RunPlan(
        bundle=arguments.bundle,
        engine=arguments.engine,
        threads=threads_per_worker(arguments.threads, arguments.workers),
        tracker=read_tracker_config(arguments.params, **threshold),
        mode=mode,
        over_dds=arguments.node,
        concepts=tuple(arguments.concepts),
        topics=tuple(filter(None, (arguments.image_topic,))),
        suite=arguments.suite or '',
        cache=arguments.cache or CACHE,
        reuse=reuse,
    )


def _open(arguments: argparse.Namespace, cache: Path) -> _Found:
    topics = BagTopics(image=arguments.image_topic, truth=arguments.truth_topic)
    options = TruthOptions(
        annotations=arguments.annotations,
        labels=arguments.labels,
        concepts=tuple(arguments.also),
        tolerance_ns=round(arguments.tolerance_ms * _MS),
        media=arguments.media,
    )
    paths = list(_suite_bags(arguments.suite, cache)) if arguments.suite else arguments.input
    found = _Found()
    for path in paths:
        try:
            for sequence in open_sequences(path, topics, options):
                found.add(sequence)
        except (ValueError, OSError) as error:
            if len(paths) == 1:
                raise
            found.failed.append(Outcome(str(path), error=one_line(error)))
    return found


def _suite_bags(name: str, cache: Path) -> Iterator[Path]:
    suite = find_suite(name)
    with frame_bar('simulate', len(suite.seeds) * suite.frames) as tick:
        for seed in suite.seeds:
            yield suite_bag(suite, seed, cache / 'suites', tick)


def _out(arguments: argparse.Namespace) -> Path | None:
    out: Path | None = arguments.out
    if out is None:
        return None
    if out.exists() and not (arguments.resume or arguments.force):
        raise OptionError(
            f'{out} exists already; go on in it with --resume, replace it with --force, or choose '
            'another name.'
        )
    if not arguments.resume:
        fresh(out, arguments.force)
    out.mkdir(parents=True, exist_ok=True)
    return out


def _evaluate(jobs: list[Job], workers: int) -> list[Outcome]:
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


def _write(out: Path, results: RunResults, text: str, outcomes: list[Outcome]) -> None:
    results.save(out / 'results.json')
    write_text(out / 'results.md', text)
    pictures = {item.name: item.pictures for item in outcomes if item.result is not None}
    try:
        from efficientsam3_ros.evaluation.report import write_report
    except ImportError as error:
        print(f'warning: no report.html is written: {error}', file=sys.stderr)
    else:
        write_report(results, pictures, out / 'report.html')
    print(f'results: {out}')
