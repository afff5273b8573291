"""``efficientsam3 evaluate``: recordings, data sets and simulated scenes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
import time
from typing import Annotated, Literal

from cyclopts import App, Group, Parameter

from efficientsam3_ros.cli.support.inputs import (
    SCENES,
    TRUTH,
    Inputs,
    SceneOptions,
    TruthArguments,
)
from efficientsam3_ros.cli.support.options import (
    DEFAULT_ENGINE,
    EngineOptions,
    OptionError,
    Switch,
    Words,
    at_least,
    fresh,
)
from efficientsam3_ros.cli.support.tracker_options import DEFAULT_TRACKER, TrackerOptions
from efficientsam3_ros.datasets.simulated.suites import SUITES

EXAMPLES = """\
examples:
  efficientsam3 evaluate recordings/ --out results/new
  efficientsam3 evaluate drive.mcap --node --out results/live
  efficientsam3 evaluate field.mcap --concepts "red mug" bowl
  efficientsam3 evaluate DAVIS/ --bundle my_bundle/ --params tracker.yaml --workers 2
  efficientsam3 evaluate --suite tabletop-v1 --out results/suite
  efficientsam3 evaluate --suite tabletop-card --detector-alone
  efficientsam3 evaluate --scenes 10000-10009 --split unseen_nouns --workers 2 --threads 1"""

FAILED, NOTHING = 1, 2
_Mode = Literal['every_frame', 'realtime']

app = App(name='evaluate', help_epilogue=EXAMPLES)


@Parameter(name='*', group=Group('Run', sort_key=0))
@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What is run, and what is kept of it.

    Attributes:
        detector_alone: Score each frame's detections, without a tracker.
        mode: every_frame (the default): each frame waits for the tracker, the same results
            everywhere; realtime: at the recorded pace, with real losses.
        node: Run the tracker as a ROS 2 node, fed by the bag player (in real time).
        concepts: What to look for; the truth's concepts if absent.
        workers: Processes.
        cache: Folder of what later runs use again.
        no_cache: Run the network even where results are kept.
    """

    detector_alone: bool = False
    mode: _Mode | None = None
    node: bool = False
    concepts: Words = ()
    workers: Annotated[int, at_least(1)] = 1
    cache: Path = Path('output/evaluation')
    no_cache: bool = False

    def checked_mode(self) -> _Mode:
        """Return the mode.

        Raises:
            OptionError: If options contradict each other.
            RosMissingError: If a node is asked for where ROS 2 is not installed.
        """
        mode = self.mode or ('realtime' if self.node else 'every_frame')
        if self.node and mode != 'realtime':
            raise OptionError('A node runs in real time; leave --mode out, or --node.')
        if mode == 'realtime' and self.workers > 1:
            raise OptionError(
                'Several real-time runs on one machine slow each other down; leave --workers out.'
            )
        if mode == 'realtime' and self.detector_alone:
            raise OptionError('--detector-alone takes every frame; leave --mode and --node out.')
        if self.node:
            from efficientsam3_ros.harness.ros_environment import require_ros

            require_ros()
        return mode


@Parameter(name='*', group=Group('Results', sort_key=1))
@dataclass(frozen=True, kw_only=True)
class ResultOptions:
    """What is left behind.

    Attributes:
        out: Folder for results.json, results.md, report.html, predictions and overlays.
        resume: Go on in an existing --out.
        force: Replace an existing --out.
        overlay: Write overlay videos.
    """

    out: Path | None = None
    resume: bool = False
    force: bool = False
    overlay: Switch = True

    def folder(self) -> Path | None:
        """Return the folder, made and free to be written.

        Raises:
            OptionError: If it exists and is neither to be resumed nor replaced.
        """
        if self.out is None:
            return None
        if self.out.exists() and not (self.resume or self.force):
            raise OptionError(
                f'{self.out} exists already; go on in it with --resume, replace it with --force, '
                'or choose another name.'
            )
        if not self.resume:
            fresh(self.out, self.force)
        self.out.mkdir(parents=True, exist_ok=True)
        return self.out


DEFAULT_RUN, DEFAULT_RESULTS = RunOptions(), ResultOptions()


@app.default
def run(
    *input: Path,
    running: RunOptions = DEFAULT_RUN,
    results: ResultOptions = DEFAULT_RESULTS,
    engine: EngineOptions = DEFAULT_ENGINE,
    tracker: TrackerOptions = DEFAULT_TRACKER,
    scenes: SceneOptions = SCENES,
    truth: TruthArguments = TRUTH,
) -> int:
    """Evaluate, print and write; without an input, say what can be evaluated.

    Args:
        input: Bags (folder, .mcap, .db3), folders of bags, or a folder in the format of DAVIS,
            MOSE, SA-V or SA-Co/VEval.
        running: What is run.
        results: What is left behind.
        engine: The network.
        tracker: Its settings.
        scenes: Simulated scenes instead of an input.
        truth: Where the truth is.
    """
    from efficientsam3_ros.cli.support.evaluation import evaluate, write
    from efficientsam3_ros.evaluation.run.collect import collect
    from efficientsam3_ros.evaluation.run.job import Job, Outcome
    from efficientsam3_ros.evaluation.run.plan import Mode, RunPlan
    from efficientsam3_ros.evaluation.run.runner import threads_per_worker
    from efficientsam3_ros.evaluation.run.summary import summary

    begin = time.monotonic()
    if not input and scenes.chosen() is None:
        print(_overview())
        return NOTHING
    mode = Mode(running.checked_mode())
    plan = RunPlan(
        bundle=engine.bundle,
        engine=engine.engine,
        threads=threads_per_worker(engine.threads, running.workers),
        tracker=tracker.config(),
        mode=mode,
        over_dds=running.node,
        concepts=running.concepts,
        topics=tuple(filter(None, (truth.image_topic,))),
        suite=scenes.title,
        detector_alone=running.detector_alone,
        cache=running.cache,
        # Times of another day say nothing of today: real time is measured anew unless resumed.
        reuse=not running.no_cache and (mode is Mode.EVERY_FRAME or results.resume),
    )
    settings = plan.settings()
    found = Inputs.find(input, scenes, truth, plan.cache)
    out = results.folder()
    about = settings.bundle_digest, 'exemplar_encoder' in settings.graphs, out, results.overlay
    jobs = [Job(name, sequence, plan, *about) for name, sequence in found.sequences.items()]
    outcomes = [Outcome(name, error=why) for name, why in found.failed.items()]
    outcomes += evaluate(jobs, running.workers)
    seconds = time.monotonic() - begin
    scored = collect(settings, outcomes, seconds, running.workers, plan.threads)
    text = summary(scored)
    print(text)
    if out is not None:
        write(out, scored, text, outcomes)
    return FAILED if scored.failed else 0


def _overview() -> str:
    """Return what can be evaluated."""
    width = max(map(len, SUITES)) + 2
    suites = '\n'.join(f'    {n:{width}}{suite.about}: {suite}' for n, suite in SUITES.items())
    return f"""\
Name what to evaluate:
  PATH ...         bags, folders of bags, data sets (DAVIS, MOSE, SA-V, SA-Co/VEval)
  --suite NAME     a stored suite of simulated bags, rendered when first asked for
{suites}
  --scenes SEEDS   simulated scenes of any seeds, with --split, --pack, --frames, --sensor-noise
and what to run, if not the tracker on every frame:
  --detector-alone, --mode realtime, --node

{EXAMPLES}

"efficientsam3 evaluate --help" lists all options."""
