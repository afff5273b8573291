"""``efficientsam3 benchmark tracking``: trackers without and with video memory on one suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from efficientsam3_ros.cli.support.console import frame_bar, table
from efficientsam3_ros.cli.support.inputs import TRUTH, Inputs, SceneOptions
from efficientsam3_ros.cli.support.options import (
    DEFAULT_ENGINE,
    EngineOptions,
    OptionError,
    fresh,
)
from efficientsam3_ros.tracking import TrackerConfig

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.results import RunResults

EXAMPLES = """\
examples:
  efficientsam3 benchmark tracking
  efficientsam3 benchmark tracking --with dense=output/nano_dense --suite reentry-60-v2
  efficientsam3 benchmark tracking --out results/memory
  efficientsam3 compare results/memory/detections results/memory/memory --html memory.html"""

METRICS = (
    'jf',
    'j',
    'f',
    'hota',
    'deta',
    'assa',
    'id_switches',
    'fragmentations',
    'false_positives',
)
_ROWS = 5

app = App(name='tracking', help_epilogue=EXAMPLES)


@dataclass(frozen=True)
class TrackerVariant:
    """One way to track.

    Attributes:
        name: For the table, and the name of its results' folder.
        bundle: Name or folder.
        config: Settings of the tracker.
    """

    name: str
    bundle: str
    config: TrackerConfig = field(default_factory=TrackerConfig)


def variants(bundle: str, others: Sequence[str] = ()) -> list[TrackerVariant]:
    """Return a bundle without and with its memory, and others.

    Args:
        bundle: Name or folder.
        others: ``NAME=BUNDLE`` each, with memory.

    Raises:
        OptionError: If one of the others is not of that form, or a name is taken.
    """
    found = [
        TrackerVariant('detections', bundle, TrackerConfig(memory=False)),
        TrackerVariant('memory', bundle),
    ]
    for text in others:
        name, equals, other = text.partition('=')
        if not (name and equals and other) or Path(name).name != name:
            raise OptionError(f'Another tracker is given as NAME=BUNDLE, got "{text}".')
        if name in {item.name for item in found}:
            raise OptionError(f'There is a tracker "{name}" already; choose another name.')
        found.append(TrackerVariant(name, other))
    return found


@app.default
def run(
    *,
    suite: str = 'reentry-v1',
    others: Annotated[tuple[str, ...], Parameter(name='--with')] = (),
    cache: Path = Path('output/evaluation'),
    out: Path | None = None,
    engine: EngineOptions = DEFAULT_ENGINE,
) -> int:
    """Evaluate every tracker on every bag; print one table and what the memory changes.

    Args:
        suite: Name of the suite.
        others: NAME=BUNDLE, one more bundle beside --bundle; may be repeated.
        cache: Folder of rendered bags.
        out: New folder; gets the results of each tracker, which compare reads.
        engine: The network.
    """
    from efficientsam3_ros.cli.comparison_text import comparison_text
    from efficientsam3_ros.evaluation.compare.comparison import compare

    trackers = variants(engine.bundle, others)
    folder = fresh(out, force=False) if out else None
    results = _evaluate(trackers, suite, cache, engine)
    first, *more = results.items()
    frames = sum(item.frames for item in first[1].sequences.values())
    print(f'{suite}: {len(first[1].sequences)} simulated bags, {frames} frames\n')
    print(_table(results))
    for name, other in more:
        text = comparison_text(compare(first[1], other, (first[0], name)), _ROWS)
        print(f'\n{text}')
    if folder is not None:
        for name, item in results.items():
            item.save(folder / name / 'results.json')
    return 0


def _evaluate(
    trackers: Sequence[TrackerVariant], suite: str, cache: Path, engine: EngineOptions
) -> dict[str, RunResults]:
    """Return the results of each tracker by its name."""
    from efficientsam3_ros.evaluation.run.collect import collect
    from efficientsam3_ros.evaluation.run.in_process import InProcess
    from efficientsam3_ros.evaluation.run.job import Job, Outcome, run_job
    from efficientsam3_ros.evaluation.run.plan import RunPlan

    begin = time.monotonic()
    # Times are measured, too, so nothing is taken from an earlier run.
    common = RunPlan(
        engine=engine.engine, threads=engine.threads, suite=suite, cache=cache, reuse=False
    )
    plans = [replace(common, bundle=item.bundle, tracker=item.config) for item in trackers]
    settings = [plan.settings() for plan in plans]
    sequences = Inputs.find((), SceneOptions(suite=suite), TRUTH, cache).sequences
    predictors = [InProcess(plan) for plan in plans]
    outcomes: list[list[Outcome]] = [[] for _ in plans]
    total = len(plans) * sum(item.expected_frames for item in sequences.values())
    with frame_bar('frames', total) as tick, ExitStack() as closing:
        for predictor in predictors:
            closing.callback(predictor.close)
        # Interleaved bag by bag, so that a busy moment of the machine hits all alike.
        for name, sequence in sequences.items():
            for plan, about, predictor, done in zip(plans, settings, predictors, outcomes):
                job = Job(name, sequence, plan, about.bundle_digest)
                done.append(run_job(job, predictor, tick))
    for outcome in (item for done in outcomes for item in done if item.error):
        raise OptionError(f'{outcome.name} failed: {outcome.error}')
    seconds = time.monotonic() - begin
    return {
        item.name: collect(about, done, seconds, 1, engine.threads)
        for item, about, done in zip(trackers, settings, outcomes)
    }


def _table(results: Mapping[str, RunResults]) -> str:
    from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO

    rows = []
    for name, item in results.items():
        values = [METRIC_INFO[metric].show(item.total.value(metric)) for metric in METRICS]
        returns = f'{item.total.reidentified} of {item.total.reentries}'
        milliseconds = median(timing.p50_ms for timing in item.timing.sequences.values())
        rows.append((name, *values, returns, f'{milliseconds:.0f}'))
    labels = [METRIC_INFO[metric].label for metric in METRICS]
    return table(('tracker', *labels, 're-identified', 'ms a frame'), rows)
