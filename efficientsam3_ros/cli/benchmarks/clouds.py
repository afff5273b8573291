"""``efficientsam3 benchmark clouds``: masks, clouds and boxes on real RGB-D scenes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from efficientsam3_ros.cli.support.console import frame_bar
from efficientsam3_ros.cli.support.options import EngineOptions, OutputOptions, Switch
from efficientsam3_ros.core.writing.atomic import write_json, write_text
from efficientsam3_ros.core.writing.output_folder import result_folder
from efficientsam3_ros.core.writing.picture_file import write_picture
from efficientsam3_ros.core.writing.result_marker import ResultKind

if TYPE_CHECKING:
    from efficientsam3_ros.datasets.stills.frame_set import FrameSet
    from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
    from efficientsam3_ros.engine import Engine
    from efficientsam3_ros.evaluation.clouds.scene import SceneClouds
    from efficientsam3_ros.evaluation.clouds.summary import Intervals, SceneRow

PICTURES = 'pictures'
EXAMPLES = """\
examples:
  efficientsam3 benchmark clouds --root pack/ --out results/clouds
  efficientsam3 benchmark clouds --root pack/mosd --bundle mine/ --no-pictures --out clouds/mine"""

app = App(name='clouds', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    root: Path,
    prompt: str = 'object',
    pictures: Switch = True,
    output: OutputOptions,
    engine: EngineOptions = EngineOptions(),
) -> int:
    """Cut the things of real RGB-D scenes out of their clouds, and compare them with the truth.

    Each color picture is shown once to a fresh tracker. An answer belongs to the thing with whose
    mask its own has an IoU of 0.5 or more, one to one; answers of which more than half lies
    where no depth is are not scored. For each thing that is found: the share of its points that
    the answer recovers, the shares of the answer's points that belong to neighbors and to no
    thing, and the box against that of the true mask; all of it with and without the cleaning of
    edges, slivers and outliers. A box is of sane size if each of its edges is half to twice as
    long as the true one. Nothing may be chosen by these figures: the scenes serve to measure.

    Args:
        root: Folder of the scenes, or of the whole pack; docs/real_data.md tells the layout.
        prompt: What is asked; every thing of the scenes answers it.
        pictures: Write masks and a top view of the boxes for each scene; mind the data's licence
            before passing them on.
        output: Where the results go.
        engine: The network.
    """
    from efficientsam3_ros.datasets.real.suites import tabletop_scenes
    from efficientsam3_ros.engine import load_engine

    place = output.checked([root, *engine.inputs()], ResultKind.BENCHMARK)
    scenes = tabletop_scenes(root)
    settings = {'bundle': engine.bundle, 'prompt': prompt}
    with (
        closing(load_engine(engine.bundle, engine.engine, engine.threads)) as network,
        result_folder(place, ResultKind.BENCHMARK) as folder,
        frame_bar('scenes', len(scenes)) as tick,
    ):
        results = _Results(folder, settings, scenes, pictures)
        for labeled in scenes:
            results.add(labeled, network, prompt)
            tick()
        results.finish()
    print(results.text(), end='')
    return 0


class _Results:
    """What is known so far; written after every scene."""

    def __init__(
        self, folder: Path, settings: dict[str, Any], scenes: FrameSet, pictures: bool
    ) -> None:
        self._folder, self._settings, self._scenes = folder, settings, scenes
        self._pictures = pictures
        self._rows: list[SceneRow] = []
        self._flat: list[str] = []
        self._intervals: Intervals = {}

    def add(self, labeled: LabeledFrame, network: Engine, prompt: str) -> None:
        """Measure a scene; one without depth or camera is noted and passed over."""
        from efficientsam3_ros.datasets.sequence import SequenceError
        from efficientsam3_ros.evaluation.clouds.scene import ask, check_space, measure_scene
        from efficientsam3_ros.evaluation.clouds.summary import SceneRow

        try:
            check_space(labeled)
        except SequenceError as error:
            self._flat.append(str(error))
            return
        scene = measure_scene(labeled, ask(network, labeled, prompt))
        self._rows.append(SceneRow(scene.name, scene.answers, scene.objects))
        if self._pictures:
            self._draw(scene)
        self._write()

    def finish(self) -> None:
        """Add the intervals, and the notes of the last scenes.

        Raises:
            SequenceError: If nothing was measured.
        """
        from efficientsam3_ros.datasets.sequence import SequenceError
        from efficientsam3_ros.evaluation.clouds.intervals import intervals_of

        if not self._rows:
            raise SequenceError(f'No scene can be measured in space: {self._flat[0]}')
        self._intervals = intervals_of(self._rows)
        self._write()

    def text(self) -> str:
        """Return the tables."""
        from efficientsam3_ros.evaluation.clouds.summary import results_text

        return results_text(self._settings, self._rows, self._notes, self._intervals)

    @property
    def _notes(self) -> tuple[str, ...]:
        return (*self._scenes.notes, *self._flat)

    def _draw(self, scene: SceneClouds) -> None:
        from efficientsam3_ros.cli.benchmarks.pictures.clouds import scene_picture

        pictures = self._folder / PICTURES
        pictures.mkdir(exist_ok=True)
        write_picture(pictures / f'{scene.name}.png', scene_picture(scene))

    def _write(self) -> None:
        from efficientsam3_ros.evaluation.clouds.summary import results_data

        data = results_data(self._settings, self._rows, self._notes, self._intervals)
        write_json(self._folder / 'results.json', data)
        shown = [row.scene for row in self._rows] if self._pictures else []
        links = (
            f'## {name}\n\n![masks, and boxes from above]({PICTURES}/{name}.png)' for name in shown
        )
        write_text(self._folder / 'results.md', '\n\n'.join([self.text(), *links]).rstrip() + '\n')
