"""``efficientsam3 benchmark grasps``: whether masks lead to grasps that hold, in simulation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App

from efficientsam3_ros.cli.benchmarks.pictures.grasps import GraspPictures
from efficientsam3_ros.cli.support.console import frame_bar
from efficientsam3_ros.cli.support.options import (
    EngineOptions,
    OutputOptions,
    Pixels,
    Seed,
    at_least,
)
from efficientsam3_ros.core.writing.atomic import write_json, write_text
from efficientsam3_ros.core.writing.output_folder import result_folder
from efficientsam3_ros.core.writing.result_marker import ResultKind

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.grasps.answers import MaskSource
    from efficientsam3_ros.evaluation.grasps.trial import Seen, Trial
    from efficientsam3_ros.simulation import TabletopConfig

EXAMPLES = """\
examples:
  efficientsam3 benchmark grasps --out results/grasps
  efficientsam3 benchmark grasps --masks true --scenes 5 --out results/ceiling
  efficientsam3 benchmark grasps --pack printed --bundle mine/ --sensor-noise --out results/mine"""

app = App(name='grasps', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    scenes: Annotated[int, at_least(1)] = 20,
    first_seed: Seed = 5000,
    pack: Literal['clean', 'primitives', 'rich', 'textured', 'printed'] = 'clean',
    assets: Path | None = None,
    masks: Literal['ours', 'true', 'both'] = 'both',
    sensor_noise: bool = False,
    width: Pixels = 640,
    height: Pixels = 480,
    filmed: Annotated[int, at_least(0)] = 6,
    output: OutputOptions,
    engine: EngineOptions = EngineOptions(),
) -> int:
    """Take a picture of each scene, plan a grasp for every object that counts, and try it.

    Which objects count is decided from the truth of all scenes, before the first attempt, and
    listed in objects.json: a width that fits into the hand (85 mm), 90 % of the outline seen, and
    nothing outside the image. The tracker is asked for the names of all objects in view; its
    answer belongs to an object if their masks overlap by an IoU of 0.5, and an object without one
    is a failure. Each attempt is made in the same state of the scene: the open hand comes along
    the approach axis, closes, lifts by 10 cm and holds for 2 s. It succeeds if the object's center
    of mass is 9 cm higher all the while, between both pads.

    Args:
        scenes: How many, each with a seed of its own.
        first_seed: Seed of the first scene.
        pack: Objects.
        assets: Folder of meshes for the pack textured.
        masks: Of the tracker, true ones, or both beside each other.
        sensor_noise: Noisy camera.
        width: Image columns.
        height: Image rows.
        filmed: Attempts in the film, the first ones; each takes some seconds more.
        output: Where the results go.
        engine: The network.
    """
    seeds = range(first_seed, first_seed + scenes)
    settings: dict[str, Any] = {'pack': pack, 'seeds': f'{seeds[0]} to {seeds[-1]}'}
    settings |= {'size': f'{width}x{height}', 'sensor noise': 'on' if sensor_noise else 'off'}
    inputs = [assets, *(engine.inputs() if masks != 'true' else ())]
    if masks != 'true':
        settings['bundle'] = engine.bundle
    place = output.checked(inputs, ResultKind.BENCHMARK)
    size = {'width': width, 'height': height, 'sensor_noise': sensor_noise}
    configs = [_config(seed, pack, assets, size) for seed in seeds]
    with result_folder(place, ResultKind.BENCHMARK) as folder, ExitStack() as stack:
        pictures = stack.enter_context(GraspPictures(folder, filmed))
        sources = stack.enter_context(_sources(masks, engine))
        results = _Results(folder, settings, _listed(folder, configs))
        tick = stack.enter_context(frame_bar('scenes', scenes))
        for config in configs:
            _run_scene(config, sources, pictures, results)
            tick()
    print(results.text())
    return 0


def _config(seed: int, pack: str, assets: Path | None, size: dict[str, Any]) -> TabletopConfig:
    from efficientsam3_ros.simulation import TabletopConfig

    meshes = assets if pack == 'textured' else None
    return TabletopConfig(seed=seed, pack=pack, assets=meshes, **size)


@contextmanager
def _sources(masks: str, options: EngineOptions) -> Iterator[list[MaskSource]]:
    """Offer what masks come from; the network is loaded only if it is asked for."""
    from efficientsam3_ros.engine import load_engine
    from efficientsam3_ros.evaluation.grasps.answers import TrackerMasks, TrueMasks

    if masks == 'true':
        yield [TrueMasks()]
        return
    with closing(load_engine(options.bundle, options.engine, options.threads)) as engine:
        ours = TrackerMasks(engine)
        yield [ours] if masks == 'ours' else [TrueMasks(), ours]


def _listed(folder: Path, configs: list[TabletopConfig]) -> list[Seen]:
    """Look at every scene and write ``objects.json``, before anything is tried."""
    from efficientsam3_ros.evaluation.grasps.session import listed
    from efficientsam3_ros.simulation.grasping import GraspTable, HandShape

    seen: list[Seen] = []
    with frame_bar('scenes listed', len(configs)) as tick:
        for config in configs:
            with GraspTable(config, HandShape()) as table:
                seen += listed(config.seed, table.truth(table.picture()))
            tick()
    write_json(folder / 'objects.json', [asdict(item) for item in seen])
    return seen


class _Results:
    """What is known so far; written after every scene, and when it is interrupted."""

    def __init__(self, folder: Path, settings: dict[str, Any], seen: list[Seen]) -> None:
        self._folder, self._settings, self._seen = folder, settings, seen
        self.trials: list[Trial] = []

    def write(self) -> None:
        """Write ``results.json`` and ``results.md``."""
        from efficientsam3_ros.evaluation.grasps.summary import results_data

        data = results_data(self._settings, self._seen, self.trials)
        write_json(self._folder / 'results.json', data)
        write_text(self._folder / 'results.md', self.text())

    def text(self) -> str:
        """Return the tables."""
        from efficientsam3_ros.evaluation.grasps.summary import results_text

        return results_text(self._settings, self._seen, self.trials)


def _run_scene(
    config: TabletopConfig, sources: list[MaskSource], pictures: GraspPictures, results: _Results
) -> None:
    from efficientsam3_ros.evaluation.grasps.session import scene_trials
    from efficientsam3_ros.simulation.grasping import GraspTable, HandShape

    shape = HandShape()
    with GraspTable(config, shape) as table:
        seen = table.picture()
        objects = table.truth(seen)
        try:
            for source in sources:
                for trial in scene_trials(table, seen, objects, source, shape, pictures.announce):
                    pictures.add(trial)
                    results.trials.append(trial)
        finally:
            results.write()
