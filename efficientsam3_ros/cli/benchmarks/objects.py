"""``efficientsam3 benchmark objects``: clouds and boxes of the real nodes against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App
import numpy as np

from efficientsam3_ros.cli.benchmarks.pictures.objects import ObjectPictures
from efficientsam3_ros.cli.support.console import frame_bar
from efficientsam3_ros.cli.support.options import (
    EngineOptions,
    OutputOptions,
    Pixels,
    Positive,
    Seed,
    at_least,
)
from efficientsam3_ros.core.writing.atomic import write_json, write_text
from efficientsam3_ros.core.writing.output_folder import result_folder
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.harness.ros_environment import require_ros
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

if TYPE_CHECKING:
    from efficientsam3_ros.core import Intrinsics
    from efficientsam3_ros.evaluation.objects.measure import Measured
    from efficientsam3_ros.evaluation.objects.summary import SceneRow
    from efficientsam3_ros.harness.objects_scene import Played

EXAMPLES = """\
examples:
  efficientsam3 benchmark objects --out results/objects        # a quarter of an hour
  efficientsam3 benchmark objects --scenes 2 --sensor-noise off --seconds 2 --out results/quick
  efficientsam3 benchmark objects --first-seed 9000 --bundle mine/ --out results/mine"""

_FILM_S = 20.0
_NOISE = {'off': (False,), 'on': (True,), 'both': (False, True)}

app = App(name='objects', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    scenes: Annotated[int, at_least(1)] = 20,
    first_seed: Seed = 5000,
    pack: Literal['clean', 'primitives', 'rich', 'printed'] = 'clean',
    sensor_noise: Literal['off', 'on', 'both'] = 'both',
    seconds: Positive = 3.0,
    rate: Positive = 15.0,
    images: Annotated[int, at_least(1)] = 8,
    width: Pixels = 640,
    height: Pixels = 480,
    output: OutputOptions,
    engine: EngineOptions = EngineOptions(),
) -> int:
    """Show each scene to tracker and objects node, and compare all they say with the truth.

    Simulated RGB-D camera, tracker and objects node are processes of their own; this one listens
    to every output. The tracker is asked for the names of all objects in the first image. Of the
    images of which every output came, each with the stamp of the image, some are measured, evenly
    spaced: the film is drawn again without noise, and the true masks that the camera published
    tell which of its frames an image is. An answer belongs to an object of its name if their
    masks have an IoU of 0.5. Its centroid is the mean of the points of ~/objects_points with its
    label, the true one that of true mask and true depth; its box is compared with the smallest
    upright box around the whole surface, hidden parts included. Medians are over objects that
    are unoccluded: the whole silhouette lies in the image, and 90 % of it are seen.

    Args:
        scenes: How many, each with a seed of its own.
        first_seed: Seed of the first scene.
        pack: Objects.
        sensor_noise: Without a noisy camera, with one, or one after the other.
        seconds: How much of each film of 20 s is shown, from its beginning.
        rate: Camera images a second.
        images: Of each film to measure.
        width: Image columns.
        height: Image rows.
        output: Where the results go.
        engine: The network.
    """
    require_ros()
    seeds = range(first_seed, first_seed + scenes)
    place = output.checked(engine.inputs(), ResultKind.BENCHMARK)
    settings = {'pack': pack, 'seeds': f'{seeds[0]} to {seeds[-1]}', 'size': f'{width}x{height}'}
    settings |= {'seconds': f'{seconds:g}', 'Hz': f'{rate:g}', 'bundle': engine.bundle}
    tracker = NodeSettings(**vars(engine))
    shown = min(seconds, _FILM_S)
    with (
        result_folder(place, ResultKind.BENCHMARK) as folder,
        frame_bar('scenes', scenes) as tick,
    ):
        results = _Results(folder, settings)
        for seed in seeds:
            camera = CameraSettings(
                seed, width, height, rate, _FILM_S, shown, prerender_seconds=_FILM_S, pack=pack
            )
            _run_scene(camera, tracker, _NOISE[sensor_noise], images, results)
            tick()
        results.finish()
    print(results.text(), end='')
    return 0


class _Results:
    """What is known so far; written after every scene."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self.folder, self._settings = folder, settings
        self.pictures = ObjectPictures(folder)
        self.scenes: list[SceneRow] = []

    def add(
        self,
        seed: int,
        noise: bool,
        played: Played,
        measured: Sequence[Measured],
        camera: Intrinsics,
    ) -> None:
        """Take over a scene under one kind of camera, and write everything."""
        from efficientsam3_ros.evaluation.objects.summary import SceneRow

        own = [image for image in measured if image.key[0] == noise]
        counts = replace(played.counts, measured=len(own))
        rows = tuple(row for image in own for row in image.rows)
        self.scenes.append(SceneRow(seed, noise, counts, rows))
        if own:
            self.pictures.add(noise, played, own[len(own) // 2], camera)
        self.write()

    def write(self) -> None:
        """Write ``results.json`` and ``results.md``."""
        from efficientsam3_ros.evaluation.objects.summary import results_data

        write_json(self.folder / 'results.json', results_data(self._settings, self.scenes))
        links = (f'![masks and boxes]({name})' for name in self.pictures.names)
        write_text(self.folder / 'results.md', '\n\n'.join([self.text(), *links]))

    def finish(self) -> None:
        """Write the sheets of pictures, and all again."""
        self.pictures.finish()
        self.write()

    def text(self) -> str:
        """Return the tables."""
        from efficientsam3_ros.evaluation.objects.summary import results_text

        return results_text(self._settings, self.scenes)


def _run_scene(
    camera: CameraSettings,
    tracker: NodeSettings,
    noises: tuple[bool, ...],
    images: int,
    results: _Results,
) -> None:
    from efficientsam3_ros.evaluation.objects.measure import measure_film
    from efficientsam3_ros.evaluation.objects.truth import phrases_in
    from efficientsam3_ros.harness.objects_scene import play
    from efficientsam3_ros.simulation import TabletopConfig
    from efficientsam3_ros.simulation.spatial_truth import SpatialTabletop

    config = TabletopConfig(
        seed=camera.seed,
        width=camera.width,
        height=camera.height,
        fps=camera.rate,
        frames=max(1, round(camera.seconds * camera.rate)),
        pack=camera.pack,
    )
    with SpatialTabletop(config) as table:
        phrases = phrases_in(table, next(table.frames({0})))
        played: dict[bool, Played] = {}
        for noise in noises:
            logs = results.folder / 'logs' / f'{camera.seed}{"_noise" if noise else ""}'
            logs.mkdir(parents=True)
            played[noise] = play(tracker, replace(camera, sensor_noise=noise), phrases, logs)
        heard = {
            (noise, stamp): own.heard(stamp)
            for noise, own in played.items()
            for stamp in _evenly(own.stamps, images)
        }
        measured = measure_film(table, heard)
        for noise, own in played.items():
            results.add(camera.seed, noise, own, measured, table.intrinsics)


def _evenly(stamps: tuple[int, ...], count: int) -> list[int]:
    places = np.linspace(0, len(stamps) - 1, min(count, len(stamps)))
    return [stamps[round(place)] for place in places]
