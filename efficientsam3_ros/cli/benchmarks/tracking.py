"""``efficientsam3 benchmark tracking``: trackers without and with video memory on one suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from statistics import median
import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from efficientsam3_ros.cli.support.console import frame_bar, table
from efficientsam3_ros.cli.support.inputs import SceneOptions, TruthArguments, find_inputs
from efficientsam3_ros.cli.support.options import EngineOptions, OptionError
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.output_folder import result_folder
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.tracking import TrackerConfig

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.results import RunResults
    from efficientsam3_ros.evaluation.run.plan import RunPlan

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


def variants(common: RunPlan, others: Sequence[str] = ()) -> dict[str, RunPlan]:
    """Return by name what to run: a bundle without and with its memory, and others.

    Args:
        common: What they share, and the bundle.
        others: ``NAME=BUNDLE`` each, with memory.

    Raises:
        OptionError: If one of the others is not of that form, or a name is taken.
    """
    found = {
        'detections': replace(common, tracker=TrackerConfig(memory=False)),
        'memory': common,
    }
    for text in others:
        name, _, bundle = text.partition('=')
        if not (name and bundle) or Path(name).name != name:
            raise OptionError(f'Another tracker is given as NAME=BUNDLE, got "{text}".')
        if name in found:
            raise OptionError(f'There is a tracker "{name}" already; choose another name.')
        found[name] = replace(common, bundle=bundle)
    return found


@app.default
def run(
    *,
    suite: str = 'reentry-v1',
    others: Annotated[tuple[str, ...], Parameter(name='--with')] = (),
    cache: Path = Path('output/evaluation'),
    out: Path | None = None,
    engine: EngineOptions = EngineOptions(),
) -> int:
    """Evaluate every tracker on every bag; print one table and what the memory changes.

    Args:
        suite: Name of the suite.
        others: NAME=BUNDLE, one more bundle beside --bundle; may be repeated.
        cache: Folder of rendered bags.
        out: New folder; gets the results of each tracker, which compare reads.
        engine: The network.
    """
    from efficientsam3_ros.cli.compare import comparison_text
    from efficientsam3_ros.evaluation.compare.comparison import compare
    from efficientsam3_ros.evaluation.run.plan import RunPlan

    # Times are measured, too, so nothing is taken from an earlier run.
    common = RunPlan(**vars(engine), suite=suite, cache=cache, reuse=False)
    plans = variants(common, others)
    if out is not None:
        check_output(out, [Path(plan.bundle) for plan in plans.values()])
    results = _evaluate(plans, suite, cache)
    first, *more = results.items()
    frames = sum(item.frames for item in first[1].sequences.values())
    print(f'{suite}: {len(first[1].sequences)} simulated bags, {frames} frames\n')
    print(_table(results))
    for name, other in more:
        text = comparison_text(compare(first[1], other, (first[0], name)), _ROWS)
        print(f'\n{text}')
    if out is not None:
        with result_folder(out, ResultKind.BENCHMARK) as folder:
            for name, item in results.items():
                item.save(folder / name / 'results.json')
    return 0


def _evaluate(plans: Mapping[str, RunPlan], suite: str, cache: Path) -> dict[str, RunResults]:
    """Return the results of each plan by its name."""
    from efficientsam3_ros.evaluation.run.collect import collect
    from efficientsam3_ros.evaluation.run.in_process import InProcess
    from efficientsam3_ros.evaluation.run.job import Job, Outcome, run_job

    begin = time.monotonic()
    settings = {name: plan.settings() for name, plan in plans.items()}
    sequences, _ = find_inputs((), SceneOptions(suite=suite), TruthArguments(), cache)
    outcomes: dict[str, list[Outcome]] = {name: [] for name in plans}
    total = len(plans) * sum(item.expected_frames for item in sequences.values())
    with frame_bar('frames', total) as tick, ExitStack() as stack:
        predictors = {n: stack.enter_context(closing(InProcess(p))) for n, p in plans.items()}
        # Interleaved bag by bag, so that a busy moment of the machine hits all alike.
        for bag, sequence in sequences.items():
            for name, plan in plans.items():
                job = Job(bag, sequence, plan, settings[name].bundle_digest)
                outcomes[name].append(run_job(job, predictors[name], tick))
    for outcome in (item for done in outcomes.values() for item in done if item.error):
        raise OptionError(f'{outcome.name} failed: {outcome.error}')
    seconds = time.monotonic() - begin
    return {
        name: collect(settings[name], outcomes[name], seconds, 1, plan.threads)
        for name, plan in plans.items()
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
