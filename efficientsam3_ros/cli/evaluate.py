"""``efficientsam3 evaluate``: recordings, data sets and simulated scenes."""

from __future__ import annotations

from pathlib import Path
import time

from cyclopts import App

from efficientsam3_ros.cli.support.inputs import SceneOptions, TruthArguments, find_inputs
from efficientsam3_ros.cli.support.options import EngineOptions
from efficientsam3_ros.cli.support.real_options import RealOptions
from efficientsam3_ros.cli.support.run_options import ResultOptions, RunOptions
from efficientsam3_ros.cli.support.tracker_options import TrackerOptions
from efficientsam3_ros.datasets.real.suites import REAL_SUITES
from efficientsam3_ros.datasets.simulated.suites import SUITES

EXAMPLES = """\
examples:
  efficientsam3 evaluate recordings/ --out results/new
  efficientsam3 evaluate drive.mcap --node --out results/live
  efficientsam3 evaluate field.mcap --concepts "red mug" bowl
  efficientsam3 evaluate DAVIS/ --bundle my_bundle/ --params tracker.yaml --workers 2
  efficientsam3 evaluate --suite tabletop-v1 --out results/suite
  efficientsam3 evaluate --suite tabletop-card --detector-alone
  efficientsam3 evaluate --suite real-coco --root pack/ --anchor yolox_nano.onnx
  efficientsam3 evaluate --scenes 10000-10009 --split unseen_nouns --workers 2 --threads 1"""

FAILED, NOTHING = 1, 2

app = App(name='evaluate', help_epilogue=EXAMPLES)


@app.default
def run(
    *input: Path,
    running: RunOptions = RunOptions(),
    results: ResultOptions = ResultOptions(),
    engine: EngineOptions = EngineOptions(),
    tracker: TrackerOptions = TrackerOptions(),
    scenes: SceneOptions = SceneOptions(),
    pictures: RealOptions = RealOptions(),
    truth: TruthArguments = TruthArguments(),
) -> int:
    """Evaluate, print and write; without an input, say what can be evaluated.

    Args:
        input: Bags (folder, .mcap, .db3, .bag), folders of bags, or a folder in the format of
            DAVIS, MOSE, SA-V, SA-Co/VEval or COCO, or of RGB-D scenes; with --concepts, also
            videos and folders of pictures.
        running: What is run.
        results: What is left behind.
        engine: The network.
        tracker: Its settings.
        scenes: Simulated scenes instead of an input.
        pictures: Real pictures instead of an input.
        truth: Where the truth is.
    """
    from efficientsam3_ros.cli.support.evaluation import evaluate, write
    from efficientsam3_ros.evaluation.run.collect import collect
    from efficientsam3_ros.evaluation.run.job import Job, Outcome
    from efficientsam3_ros.evaluation.run.summary import summary

    real = pictures.chosen(scenes.suite, running)
    if not input and real is None and scenes.chosen() is None:
        print(_overview())
        return NOTHING
    begin = time.monotonic()
    plan = running.plan(engine, tracker.config(), truth.image_topic, scenes.title, results.resume)
    settings = plan.settings()
    results.check((*input, tracker.params, *truth.files(), *pictures.files(), *engine.inputs()))
    failed: dict[str, str] = {}
    if real is not None:
        sequences = pictures.open(real, input)
    else:
        sequences, failed = find_inputs(input, scenes, truth, plan.cache)
    with results.folder() as out:
        about = settings.bundle_digest, 'exemplar_encoder' in settings.graphs, out, results.overlay
        jobs = [Job(name, sequence, plan, *about) for name, sequence in sequences.items()]
        outcomes = [Outcome(name, error=why) for name, why in failed.items()]
        outcomes += evaluate(jobs, running.workers)
        seconds = time.monotonic() - begin
        scored = collect(settings, outcomes, seconds, running.workers, plan.threads)
        scored = pictures.anchored(scored, outcomes, sequences)
        text = summary(scored)
        print(text)
        if out is not None:
            write(out, scored, text, outcomes)
    return FAILED if scored.failed else 0


def _overview() -> str:
    """Return what can be evaluated."""
    width = max(map(len, (*SUITES, *REAL_SUITES))) + 2
    real = '\n'.join(f'    {name:{width}}{suite.about}' for name, suite in REAL_SUITES.items())
    suites = '\n'.join(f'    {n:{width}}{suite.about}: {suite}' for n, suite in SUITES.items())
    return f"""\
Name what to evaluate:
  PATH ...         bags, folders of bags, data sets (DAVIS, MOSE, SA-V, SA-Co/VEval, COCO, RGB-D
                   scenes), videos, folders of pictures
  --suite NAME     a stored suite of simulated bags, rendered when first asked for
{suites}
  --suite NAME --root FOLDER   a suite of real pictures that lie in a folder of yours
{real}
  --scenes SEEDS   simulated scenes of any seeds, with --split, --pack, --frames, --sensor-noise
and what to run, if not the tracker on every frame:
  --detector-alone, --mode realtime, --node

{EXAMPLES}

"efficientsam3 evaluate --help" lists all options."""
