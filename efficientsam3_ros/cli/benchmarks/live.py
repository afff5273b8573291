"""``efficientsam3 benchmark live``: camera and tracker as two processes, minute after minute."""

from __future__ import annotations

from dataclasses import asdict
import math
from pathlib import Path
import tempfile

from cyclopts import App

from efficientsam3_ros.cli.demo import chosen_concepts
from efficientsam3_ros.cli.support.console import progress
from efficientsam3_ros.cli.support.options import (
    EngineOptions,
    Pixels,
    Positive,
    Seed,
)
from efficientsam3_ros.core.atomic import write_json
from efficientsam3_ros.harness.live_figures import LiveFigures
from efficientsam3_ros.harness.ros_environment import require_ros
from efficientsam3_ros.harness.session import RosSession
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

EXAMPLES = """\
examples:
  efficientsam3 benchmark live
  efficientsam3 benchmark live --seconds 60 --rate 30 --out live.json"""

_MEMORY_EVERY_S = 5.0
_WARM_UP_S = 30.0
_FILM_S = 20.0
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
        out: JSON file for the figures.
        engine: The network.
    """
    require_ros()
    concepts = chosen_concepts(prompts, seed, _FILM_S)
    tracker = NodeSettings(**vars(engine), prompts=concepts)
    camera = CameraSettings(seed, width, height, rate, _FILM_S, concepts=concepts)
    with tempfile.TemporaryDirectory() as folder:
        with RosSession(tracker, camera, Path(folder), images=False, results=False) as session:
            session.start_both()
            print(f'looking for: {", ".join(concepts)}; rendering {_FILM_S:g} s …', flush=True)
            session.wait_until_running()
            memory = _listen(session, seconds)
        live = LiveFigures.of(session.recording)
    steady = [mb for at, mb in memory if at >= _WARM_UP_S] or [mb for _, mb in memory]
    size = f'{width}x{height}'
    print(f'{size} at {rate:g} Hz for {seconds:g} s, {len(concepts)} prompts')
    for line in live.lines():
        print(line)
    print(
        f'memory of the tracker  {min(steady):.0f} to {max(steady):.0f} MB after '
        f'{_WARM_UP_S:g} s ({len(steady)} samples)'
    )
    if out:
        data = {'figures': asdict(live), 'memory_mb': memory, 'concepts': concepts, 'size': size}
        write_json(out, data)
    return 0


def _listen(session: RosSession, seconds: float) -> list[tuple[float, float]]:
    """Record; return the tracker's resident memory as (seconds, megabytes)."""
    memory = []
    for step in progress(range(math.ceil(seconds / _MEMORY_EVERY_S)), 'live'):
        passed = step * _MEMORY_EVERY_S
        memory.append((passed, session.tracker.resident_bytes() / _MEGABYTE))
        session.listen(min(_MEMORY_EVERY_S, seconds - passed))
    return memory
