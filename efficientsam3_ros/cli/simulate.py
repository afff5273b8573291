"""``efficientsam3 simulate``: a tabletop clip with ground truth, as a bag."""

from __future__ import annotations

import argparse
from pathlib import Path

from efficientsam3_ros.cli.support.options import fresh, positive
from efficientsam3_ros.cli.support.progress import frame_bar
from efficientsam3_ros.core.prompt import parse_prompts
from efficientsam3_ros.datasets.simulated.simulated_bag import write_simulated_bag

EXAMPLES = """\
  efficientsam3 simulate --seconds 20 --seed 7 --out clip.mcap
  efficientsam3 simulate --out clip --concepts "red mug, bowl" --sensor-noise
  efficientsam3 track clip.mcap --prompts "red mug, bowl" --out output/clip"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        '--out',
        type=Path,
        required=True,
        help='new bag: *.mcap and *.db3 become one file, other names a rosbag2 folder',
    )
    parser.add_argument('--seconds', type=positive, default=20.0, help='length (%(default)s)')
    parser.add_argument('--seed', type=int, default=7, help='which scene (%(default)s)')
    parser.add_argument('--width', type=int, default=640, help='image columns (%(default)s)')
    parser.add_argument('--height', type=int, default=480, help='image rows (%(default)s)')
    parser.add_argument('--fps', type=positive, default=15.0, help='frame rate (%(default)s)')
    parser.add_argument(
        '--pack', default='clean', help='objects: clean, primitives or rich (%(default)s)'
    )
    parser.add_argument(
        '--split', default='train', help='train, unseen_pairs or unseen_nouns (%(default)s)'
    )
    parser.add_argument(
        '--concepts', help='phrases that the ground truth answers (chosen by the seed)'
    )
    parser.add_argument('--sensor-noise', action='store_true', help='noisy colour and depth')
    parser.add_argument('--no-depth', action='store_true', help='write no depth images')
    parser.add_argument('--force', action='store_true', help='replace an existing --out')


def run(arguments: argparse.Namespace) -> int:
    """Simulate and write the bag."""
    from efficientsam3_ros.simulation import TabletopConfig

    config = TabletopConfig(
        seed=arguments.seed,
        width=arguments.width,
        height=arguments.height,
        fps=arguments.fps,
        frames=max(1, round(arguments.seconds * arguments.fps)),
        pack=arguments.pack,
        split=arguments.split,
        sensor_noise=arguments.sensor_noise,
        depth=not arguments.no_depth,
    )
    asked = parse_prompts(arguments.concepts) if arguments.concepts else ()
    out = fresh(arguments.out, arguments.force)
    with frame_bar('simulate', config.frames) as tick:
        written = write_simulated_bag(config, out, [prompt.concept for prompt in asked], tick)
    print(f'objects: {", ".join(written.objects)}')
    print(f'ground truth for: {", ".join(written.concepts)}')
    print(f'{written.frames} frames in {out}')
    return 0
