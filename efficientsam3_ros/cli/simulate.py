"""``efficientsam3 simulate``: a tabletop clip with ground truth, as a bag."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import sys
from typing import Literal

from cyclopts import App

from efficientsam3_ros.cli.support.console import frame_bar
from efficientsam3_ros.cli.support.options import (
    OutputOptions,
    Pixels,
    Positive,
    Seed,
    Switch,
)
from efficientsam3_ros.core.prompt import parse_prompts
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from efficientsam3_ros.datasets.simulated.simulated_bag import (
    is_simulated_bag,
    write_simulated_bag,
)

EXAMPLES = """\
examples:
  efficientsam3 simulate --seconds 20 --seed 7 --out clip.mcap
  efficientsam3 simulate --out clip --concepts "red mug, bowl" --sensor-noise
  efficientsam3 simulate --out clip.mcap --pack printed
  efficientsam3 simulate --out clip.mcap --pack textured --assets meshes/
  efficientsam3 track clip.mcap --prompts "red mug, bowl" --out output/clip

*.mcap and *.db3 become one file, other names a rosbag2 folder."""

app = App(name='simulate', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    seconds: Positive = 20.0,
    seed: Seed = 7,
    width: Pixels = 640,
    height: Pixels = 480,
    fps: Positive = 15.0,
    pack: Literal['clean', 'primitives', 'rich', 'textured', 'printed'] = 'clean',
    split: Literal['train', 'unseen_pairs', 'unseen_nouns'] = 'train',
    concepts: str | None = None,
    sensor_noise: bool = False,
    depth: Switch = True,
    assets: Path | None = None,
    backgrounds: Path | None = None,
    output: OutputOptions,
) -> int:
    """Simulate and write the bag.

    Args:
        seconds: Length.
        seed: Which scene.
        width: Image columns.
        height: Image rows.
        fps: Frame rate.
        pack: Objects.
        split: Which pairs of colour and noun.
        concepts: Phrases that the ground truth answers, commas between them; chosen by the seed
            if absent.
        sensor_noise: Noisy colour and depth.
        depth: Write depth images.
        assets: Folder of meshes for the pack textured.
        backgrounds: Folder of pictures for tops, floors and walls of textured scenes; without
            it code draws them.
        output: Where the bag goes.
    """
    from efficientsam3_ros.simulation import TabletopConfig

    config = TabletopConfig(
        seed=seed,
        width=width,
        height=height,
        fps=fps,
        frames=max(1, round(seconds * fps)),
        pack=pack,
        split=split,
        sensor_noise=sensor_noise,
        depth=depth,
        assets=assets,
        backgrounds=backgrounds,
    )
    asked = [prompt.concept for prompt in parse_prompts(concepts)] if concepts else []
    out = output.checked((assets, backgrounds), ResultKind.RECORDING, is_simulated_bag)
    with _telling(), frame_bar('simulate', config.frames) as tick, replacing(out) as part:
        written = write_simulated_bag(config, part, asked, tick)
        if part.is_dir():
            mark_folder(part, ResultKind.RECORDING)
    for note in written.notes:
        print(note)
    print(f'objects: {", ".join(written.objects)}')
    print(f'ground truth for: {", ".join(written.concepts)}')
    print(f'{written.frames} frames in {output.out}')
    return 0


@contextmanager
def _telling() -> Iterator[None]:
    """Say after an interruption what is left."""
    try:
        yield
    except KeyboardInterrupt:
        # Its truth is written last, so that half a simulation could be taken for one without.
        print(
            'Nothing is kept of an unfinished simulation; the same command renders it anew.',
            file=sys.stderr,
        )
        raise
