"""``efficientsam3 evaluate``: recordings, data sets and simulated scenes."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Group, Parameter

from efficientsam3_ros.cli.support.options import (
    DEFAULT_ENGINE,
    EngineOptions,
    OptionError,
    Switch,
    Words,
    at_least,
    between,
)

EXAMPLES = """\
examples:
  efficientsam3 evaluate recordings/ --out results/new
  efficientsam3 evaluate drive.mcap --mode realtime --node --out results/live
  efficientsam3 evaluate field.mcap --concepts "red mug" bowl
  efficientsam3 evaluate DAVIS/ --bundle my_bundle/ --params tracker.yaml --workers 2
  efficientsam3 evaluate --suite tabletop-v1 --out results/suite
without a recording, the held-out simulated scenes are scored:
  efficientsam3 evaluate --scenes 10000-10019 --out results
  efficientsam3 evaluate --split unseen_nouns --workers 2 --threads 1
  efficientsam3 evaluate --bundle my_bundle/ --choose-threshold"""

app = App(name='evaluate', help_epilogue=EXAMPLES)


@Parameter(name='*', group=Group('Recordings', sort_key=3))
@dataclass(frozen=True, kw_only=True)
class RecordingOptions:
    """What is run on recordings.

    Attributes:
        suite: A stored suite of simulated bags, such as tabletop-v1.
        mode: every_frame (the default): each frame waits for the tracker, the same results
            everywhere; realtime: at the recorded pace, with real losses.
        node: Run the tracker as a ROS 2 node, fed by the bag player (in real time).
        concepts: What to look for; the truth's concepts if absent.
        params: YAML file with the tracker's settings, as config/tracker.yaml.
        overlay: Write overlay videos.
        no_cache: Run the network even where results are kept.
        resume: Go on in an existing --out.
        force: Replace an existing --out.
    """

    suite: str | None = None
    mode: Literal['every_frame', 'realtime'] | None = None
    node: bool = False
    concepts: Words = ()
    params: Path | None = None
    overlay: Switch = True
    no_cache: bool = False
    resume: bool = False
    force: bool = False


@Parameter(name='*', group=Group('Topics and ground truth (found by themselves)', sort_key=4))
@dataclass(frozen=True, kw_only=True)
class TruthArguments:
    """Where the truth is and how it is paired.

    Attributes:
        image_topic: Color images of a bag.
        truth_topic: InstanceArray or label images of a bag.
        annotations: JSON file with the truth of a bag.
        labels: JSON file with the concepts of a label image.
        media: Folder of the pictures of a VEval file.
        also: Concepts that the truth knows to be absent, asked in addition to its own.
        tolerance_ms: How far the stamps of image and truth may differ.
    """

    image_topic: str | None = None
    truth_topic: str | None = None
    annotations: Path | None = None
    labels: Path | None = None
    media: Path | None = None
    also: Words = ()
    tolerance_ms: Annotated[float, at_least(0)] = 0.0


@Parameter(name='*', group=Group('Held-out simulated scenes', sort_key=5))
@dataclass(frozen=True, kw_only=True)
class SceneOptions:
    """Which scenes are rendered and scored.

    Attributes:
        scenes: Seeds; 10000-10019, to choose a threshold 20000-20039, if absent.
        split: Which pairs of color and noun.
        pack: Objects.
        frames: Of one clip.
        sensor_noise: Noisy camera.
        choose_threshold: Find the threshold with the best cgF1 on validation scenes, and stop.
        min_absent: With --choose-threshold: share of absent concepts that must stay empty.
    """

    scenes: str | None = None
    split: Literal['train', 'unseen_pairs', 'unseen_nouns'] = 'train'
    pack: Literal['clean', 'primitives', 'rich'] = 'clean'
    frames: Annotated[int, at_least(1)] = 60
    sensor_noise: bool = False
    choose_threshold: bool = False
    min_absent: Annotated[float, between(0, 1)] = 0.0


RECORDINGS, TRUTH, SCENES = RecordingOptions(), TruthArguments(), SceneOptions()


@app.default
def run(
    *input: Path,
    threshold: float | None = None,
    workers: Annotated[int, at_least(1)] = 1,
    out: Path | None = None,
    cache: Path | None = None,
    engine: EngineOptions = DEFAULT_ENGINE,
    recordings: RecordingOptions = RECORDINGS,
    truth: TruthArguments = TRUTH,
    scenes: SceneOptions = SCENES,
) -> int:
    """Evaluate recordings, or the held-out scenes where none is named.

    Args:
        input: Bags (folder, .mcap, .db3), folders of bags, or a folder in the format of DAVIS,
            MOSE, SA-V or SA-Co/VEval; none scores held-out simulated scenes.
        threshold: Detection threshold; the bundle's if absent.
        workers: Processes.
        out: Folder for results.json, results.md and others.
        cache: Folder of what later runs use again.
        engine: The network.
        recordings: What is run.
        truth: Where the truth is.
        scenes: Which scenes.
    """
    if input and recordings.suite:
        raise OptionError('A suite brings its own recordings; give either a path or --suite.')
    common = {'threshold': threshold, 'workers': workers, 'out': out, 'cache': cache}
    if input or recordings.suite:
        if scenes != SCENES:
            raise OptionError(
                'The options of simulated scenes are for use without a recording; leave them out.'
            )
        from efficientsam3_ros.cli import evaluate_recordings

        given = asdict(engine) | asdict(recordings) | asdict(truth)
        return evaluate_recordings.run(Namespace(input=input, **common, **given))
    if recordings != RECORDINGS or truth != TRUTH:
        raise OptionError(
            'Options of recordings and truth are for recordings; name a path before them, or '
            '--suite.'
        )
    from efficientsam3_ros.evaluation import tabletop_suite

    common['threshold'] = float('nan') if threshold is None else threshold
    return tabletop_suite.run(Namespace(**common, **asdict(engine), **asdict(scenes)))
