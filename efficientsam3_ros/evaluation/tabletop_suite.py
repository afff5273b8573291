"""The held-out evaluation of a bundle on simulated tabletop scenes.

``python -m efficientsam3_ros.evaluation.tabletop_suite --scenes 10000-10019 --out results``
measures the detector frame by frame and the tracker over each clip. All figures are of
simulated images.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
import json
import math
import multiprocessing
from pathlib import Path
import sys
from typing import NamedTuple

from tqdm import tqdm

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import DEFAULT_BUNDLE, Engine, load_engine
from efficientsam3_ros.engine.bundles import find_bundle
from efficientsam3_ros.evaluation.frame_scores import best_threshold
from efficientsam3_ros.evaluation.scene_scores import SceneScores, score_scene
from efficientsam3_ros.evaluation.suite_config import SuiteConfig, parse_seeds
from efficientsam3_ros.evaluation.suite_report import suite_report

TEST_SCENES = '10000-10019'
VALIDATION_SCENES = '20000-20039'
CLIPS = Path('output/clips')


class Network(NamedTuple):
    """How to load the engine in a worker process."""

    bundle: str
    backend: str
    threads: int


def evaluate_scene(config: SuiteConfig, seed: int, engine: Engine, cache: Path) -> SceneScores:
    """Render, or load, one clip and score it."""
    from efficientsam3_ros.evaluation.simulated_clips import simulated_clip
    from efficientsam3_ros.simulation import TabletopConfig

    tabletop = TabletopConfig(
        seed=seed,
        width=config.width,
        height=config.height,
        fps=config.fps,
        frames=config.frames,
        pack=config.pack,
        split=config.split,
        sensor_noise=config.sensor_noise,
        depth=False,
    )
    return score_scene(simulated_clip(tabletop, cache), engine, config.threshold)


def evaluate(
    config: SuiteConfig, network: Network, cache: Path, workers: int = 1
) -> Iterator[SceneScores]:
    """Yield the scores scene by scene, in the order of the seeds."""
    if workers <= 1:
        engine = load_engine(*network)
        try:
            for seed in config.seeds:
                yield evaluate_scene(config, seed, engine, cache)
        finally:
            engine.close()
        return
    # Spawned, not forked: an OpenGL context does not survive a fork.
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(workers, context, _start_worker, (network,)) as pool:
        jobs = [pool.submit(_work, config, seed, cache) for seed in config.seeds]
        for job in jobs:
            yield job.result()


def _start_worker(network: Network) -> None:
    global _engine
    _engine = load_engine(*network)


def _work(config: SuiteConfig, seed: int, cache: Path) -> SceneScores:
    return evaluate_scene(config, seed, _engine, cache)


_engine: Engine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_common_arguments(parser)
    add_scene_arguments(parser)


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that evaluations of recordings have, too."""
    parser.add_argument('--bundle', default=DEFAULT_BUNDLE, help='name or folder (%(default)s)')
    parser.add_argument('--engine', default='onnxruntime', help='backend (%(default)s)')
    parser.add_argument('--threads', type=int, default=0, help='of each worker, 0 = all cores')
    parser.add_argument('--workers', type=int, default=1, help='processes (%(default)s)')
    parser.add_argument(
        '--threshold', type=float, default=math.nan, help="detection threshold (the bundle's)"
    )
    parser.add_argument('--out', type=Path, help='folder for results.json, results.md and others')
    parser.add_argument('--cache', type=Path, help='folder of what later runs use again')


def add_scene_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the held-out scenes."""
    group = parser.add_argument_group('held-out simulated scenes')
    group.add_argument(
        '--scenes', help=f'seeds ({TEST_SCENES}; to choose a threshold {VALIDATION_SCENES})'
    )
    group.add_argument('--split', default='train', help='train, unseen_pairs, unseen_nouns')
    group.add_argument('--pack', default='clean', help='clean, primitives, rich (%(default)s)')
    group.add_argument('--frames', type=int, default=60, help='of one clip (%(default)s)')
    group.add_argument('--sensor-noise', action='store_true', help='noisy camera')
    group.add_argument(
        '--choose-threshold',
        action='store_true',
        help='find the threshold with the best cgF1 on validation scenes, and stop',
    )
    group.add_argument(
        '--min-absent',
        type=float,
        default=0.0,
        help='with --choose-threshold: share of absent concepts that must stay empty, 0..1',
    )


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print and write."""
    default = VALIDATION_SCENES if arguments.choose_threshold else TEST_SCENES
    config = SuiteConfig(
        seeds=parse_seeds(arguments.scenes or default),
        split=arguments.split,
        pack=arguments.pack,
        frames=arguments.frames,
        sensor_noise=arguments.sensor_noise,
        threshold=arguments.threshold,
    )
    manifest = Manifest.load(find_bundle(arguments.bundle))
    network = Network(arguments.bundle, arguments.engine, arguments.threads)
    running = evaluate(config, network, arguments.cache or CLIPS, arguments.workers)
    scenes = list(tqdm(running, 'scenes', len(config.seeds), disable=None))
    if arguments.choose_threshold:
        points = [point for scene in scenes for point in scene.datapoints]
        best = best_threshold(points, arguments.min_absent)
        print(
            f'threshold {best.threshold:.3f} (cgF1 {100 * best.cgf1:.2f}, absent concepts rightly '
            f'not found {100 * best.absent:.1f} %, {len(points)} datapoints)'
        )
        return 0
    threshold = manifest.threshold if math.isnan(config.threshold) else config.threshold
    text, data = suite_report(scenes, threshold, config, manifest)
    print(text)
    if arguments.out is not None:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / 'results.md').write_text(text, encoding='utf-8')
        results = json.dumps(data, indent=2) + '\n'
        (arguments.out / 'results.json').write_text(results, encoding='utf-8')
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run as a module."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args(argv))


if __name__ == '__main__':
    # Workers import this module by its name, not as __main__.
    from efficientsam3_ros.evaluation import tabletop_suite

    sys.exit(tabletop_suite.main())
