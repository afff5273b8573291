"""``efficientsam3 benchmark live``: camera and tracker as two processes, minute after minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
import math
from pathlib import Path
import tempfile
from typing import Annotated, Any

from cyclopts import App

from efficientsam3_ros.cli.benchmarks.live_settings import (
    compare_settings,
    parse_settings,
    settings_table,
)
from efficientsam3_ros.cli.support.console import progress
from efficientsam3_ros.cli.support.options import (
    EngineOptions,
    Pixels,
    Positive,
    Seed,
    Words,
    at_least,
)
from efficientsam3_ros.core.prompt import parse_prompts
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.harness.busy import busy_processes
from efficientsam3_ros.harness.live_figures import LiveFigures
from efficientsam3_ros.harness.ros_environment import require_ros
from efficientsam3_ros.harness.session import RosSession
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

EXAMPLES = """\
examples:
  efficientsam3 benchmark live
  efficientsam3 benchmark live --seconds 60 --rate 30 --out live.json
  efficientsam3 benchmark live --rate 30 --seconds 20 --busy 2 --settings 0 1 2:spin"""

_MEMORY_EVERY_S = 5.0
_WARM_UP_S = 30.0
_FILM_S = 20.0
_SURVEY_FPS = 3.0
_MEGABYTE = 1e6

app = App(name='live', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    seconds: Positive = 300.0,
    rate: Positive = 15.0,
    width: Pixels = 640,
    height: Pixels = 480,
    seed: Seed = 7,
    prompts: str | None = None,
    spin: bool = False,
    busy: Annotated[int, at_least(0)] = 0,
    settings: Words = (),
    rounds: Annotated[int, at_least(1)] = 5,
    out: Path | None = None,
    engine: EngineOptions = EngineOptions(),
) -> int:
    """Measure and print.

    Args:
        seconds: Length.
        rate: Camera images a second.
        width: Image columns.
        height: Image rows.
        seed: Which scene.
        prompts: Noun phrases, commas between them; two that are there and one that is not if
            absent.
        spin: Let the engine's threads wait by spinning.
        busy: Processes of one thread that keep the machine busy beside.
        settings: Compare these: THREADS or THREADS:spin each; 0 threads as the node takes them by
            default.
        rounds: With --settings, runs of each, in turns; the medians are shown.
        out: JSON file for the figures.
        engine: The network.
    """
    if out is not None:
        check_output(out)
    require_ros()
    concepts = chosen_concepts(prompts, seed)
    tracker = NodeSettings(**vars(engine), spin=spin, prompts=concepts)
    choices = parse_settings(settings, tracker)
    camera = CameraSettings(seed, width, height, rate, _FILM_S, concepts=concepts)
    size = f'{width}x{height}'
    with _session(tracker, camera) as session:
        print(f'looking for: {", ".join(concepts)}; rendering {_FILM_S:g} s …', flush=True)
        session.wait_until_running()
        print(f'{size} at {rate:g} Hz, {len(concepts)} prompts, {busy} busy beside')
        with busy_processes(busy):
            if choices:
                runs = compare_settings(session, choices, seconds, rounds)
            else:
                memory = _listen(session, seconds)
    if choices:
        print(f'median of {rounds} runs of {seconds:g} s\n\n{settings_table(runs)}')
        data: Any = {n: [asdict(item) for item in found] for n, found in runs.items()}
    else:
        live = LiveFigures.of(session.recording)
        _print_run(live, memory)
        figures = {'figures': asdict(live), 'memory_mb': memory}
        data = {**figures, 'concepts': concepts, 'size': size}
    if out:
        write_json(out, data)
    return 0


def _print_run(live: LiveFigures, memory: Sequence[tuple[float, float]]) -> None:
    steady = [mb for at, mb in memory if at >= _WARM_UP_S] or [mb for _, mb in memory]
    for line in live.lines():
        print(line)
    print(
        f'memory of the tracker  {min(steady):.0f} to {max(steady):.0f} MB after '
        f'{_WARM_UP_S:g} s ({len(steady)} samples)'
    )


def chosen_concepts(prompts: str | None, seed: int) -> tuple[str, ...]:
    """Return the user's concepts, or some that are well in view in small pictures of the film."""
    if prompts:
        return tuple(prompt.concept for prompt in parse_prompts(prompts))
    from efficientsam3_ros.simulation import Tabletop, TabletopConfig, suggest_prompts

    frames = round(_FILM_S * _SURVEY_FPS)
    config = TabletopConfig(
        seed=seed, width=96, height=72, fps=_SURVEY_FPS, frames=frames, depth=False
    )
    with Tabletop(config) as scene:
        return suggest_prompts(scene.objects, list(scene), seed)


@contextmanager
def _session(tracker: NodeSettings, camera: CameraSettings) -> Iterator[RosSession]:
    """Start both nodes for the length of a block."""
    with (
        tempfile.TemporaryDirectory() as folder,
        RosSession(tracker, camera, Path(folder), images=False, results=False) as session,
    ):
        session.start_both()
        yield session


def _listen(session: RosSession, seconds: float) -> list[tuple[float, float]]:
    """Record; return the tracker's resident memory as (seconds, megabytes)."""
    memory = []
    for step in progress(range(math.ceil(seconds / _MEMORY_EVERY_S)), 'live'):
        passed = step * _MEMORY_EVERY_S
        memory.append((passed, session.tracker.resident_bytes() / _MEGABYTE))
        session.listen(min(_MEMORY_EVERY_S, seconds - passed))
    return memory
