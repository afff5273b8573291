"""``efficientsam3 demo``: the whole system on a machine without a camera."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Literal

from cyclopts import App

from efficientsam3_ros.cli.support.console import table
from efficientsam3_ros.cli.support.options import EngineOptions, Positive, Seed
from efficientsam3_ros.cli.support.result_folder import ResultFolder
from efficientsam3_ros.core import Frame
from efficientsam3_ros.core.prompt import parse_prompts
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.output_folder import result_folder
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.harness.live_figures import LiveFigures
from efficientsam3_ros.harness.live_scores import LiveScores
from efficientsam3_ros.harness.recorder import Recording
from efficientsam3_ros.harness.ros_environment import require_ros
from efficientsam3_ros.harness.score_process import ScoreProcess
from efficientsam3_ros.harness.session import RosSession, SessionError
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

EXAMPLES = """\
examples:
  efficientsam3 demo
  efficientsam3 demo --pack clean
  efficientsam3 demo --seed 12 --prompts "mug, screwdriver" --out output/demo12"""

_SURVEY_FPS = 3.0
_AFTERMATH_S = 2.0
SEED = 42
"""A scene with several things of a kind, most of them in view; not chosen for its score."""
_SHOWN = ('box', 'mug', 'marker', 'bowl')
"""What ``survey`` finds in the default scene; the survey takes seconds, so it is stored."""
_ABOUT = {
    'printed': 'simulated table with labels and prints (pack printed).',
    'clean': 'simulated table with plain surfaces (pack clean).',
}
_METRICS = 'cgf1', 'jf', 'hota', 'id_switches', 'misses', 'false_positives'


app = App(name='demo', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    seconds: Positive = 20.0,
    seed: Seed = SEED,
    pack: Literal['printed', 'clean'] = 'printed',
    rate: Positive = 15.0,
    prompts: str | None = None,
    out: Path = Path('output/demo'),
    engine: EngineOptions = EngineOptions(),
) -> int:
    """Run camera and tracker, then write pictures and figures.

    Args:
        seconds: Length.
        seed: Which scene.
        rate: Camera images a second.
        pack: Objects: printed looks like a real table; clean has plain colors.
        prompts: Noun phrases, commas between them; some that are there and one that is not if
            absent.
        out: Folder of the results; an earlier demo's is replaced.
        engine: The network.
    """
    require_ros()
    concepts = shown_concepts(prompts, pack, seed, seconds)
    check_output(out, engine.inputs(), kind=ResultKind.TRACK, force=True)
    tracker = NodeSettings(**vars(engine), prompts=concepts)
    camera = CameraSettings(
        seed=seed, pack=pack, rate=rate, seconds=seconds, loop=False, concepts=concepts
    )
    print(_ABOUT[pack])
    print(f'looking for: {", ".join(concepts)}', flush=True)
    with result_folder(out, ResultKind.TRACK) as folder, ScoreProcess() as process:
        recording = _recording(tracker, camera, folder)
        _show(recording, concepts, folder, process)
    print(f'pictures and figures: {out}')
    return 0


def _recording(tracker: NodeSettings, camera: CameraSettings, folder: Path) -> Recording:
    """Run both processes to the film's end and return what was heard of them."""
    seconds = camera.seconds
    with RosSession(tracker, camera, folder, images=True, results=True) as session:
        session.start_both()
        print('two ROS 2 processes started; the camera renders its film first …', flush=True)
        session.wait_until_running()
        print(f'recording {seconds:g} s …', flush=True)
        session.listen_to_end(seconds + _AFTERMATH_S)
    recording = session.recording
    if not recording.results:
        raise SessionError(
            f'The tracker gave no result ({recording.condition or "no diagnostics"}); see '
            f'{folder / "tracker_node.log"}.'
        )
    return recording


def shown_concepts(prompts: str | None, pack: str, seed: int, seconds: float) -> tuple[str, ...]:
    """Return the user's concepts, or some that are well in view in the film."""
    if prompts:
        return tuple(prompt.concept for prompt in parse_prompts(prompts))
    return _SHOWN if (pack, seed) == ('printed', SEED) else survey(pack, seed, seconds)


def survey(pack: str, seed: int, seconds: float) -> tuple[str, ...]:
    """Return concepts that are well in view in small pictures of the film."""
    from efficientsam3_ros.simulation import Tabletop, TabletopConfig, showcase_prompts

    frames = max(1, round(seconds * _SURVEY_FPS))
    config = TabletopConfig(
        seed=seed, pack=pack, width=96, height=72, fps=_SURVEY_FPS, frames=frames, depth=False
    )
    with Tabletop(config) as scene:
        return showcase_prompts(scene.objects, scene.rehearsal())


def _write_pictures(recording: Recording, out: Path) -> None:
    stamps = sorted(recording.results.keys() & recording.images.keys())
    if not stamps:
        raise SessionError('No image reached the recorder; the machine is too busy. Run it again.')
    span = (stamps[-1] - stamps[0]) / 1e9
    with ResultFolder(out, fps=max(1.0, (len(stamps) - 1) / span if span else 1.0)) as folder:
        for stamp in stamps:
            result = recording.results[stamp]
            folder.add(Frame(recording.images[stamp], stamp, result.frame_id), result)


def _show(
    recording: Recording, concepts: tuple[str, ...], out: Path, process: ScoreProcess
) -> None:
    """Write pictures and figures, and print the figures."""
    stamps = sorted(recording.results.keys() & recording.truth.keys())
    truth = [recording.truth[stamp] for stamp in stamps]
    process.begin(truth, [recording.results[stamp] for stamp in stamps], concepts, _METRICS)
    _write_pictures(recording, out)
    _report(process.scores(), LiveFigures.of(recording), concepts, out)


def _report(scores: LiveScores, live: LiveFigures, concepts: tuple[str, ...], out: Path) -> None:
    from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO

    labels = (METRIC_INFO[name].label for name in _METRICS)
    print(table(('concept', 'objects', 'ids', *labels), scores.rows))
    print()
    for line in live.lines():
        print(line)
    print(f'the table              against the simulator, {scores.frames} processed frames')
    summary = {
        'concepts': list(concepts),
        'frames_scored': scores.frames,
        'metrics': scores.total,
        'concept_metrics': scores.by_concept,
        'live': asdict(live),
        'note': 'simulated images; frames that the tracker dropped are not scored',
    }
    write_json(out / 'summary.json', summary)
