"""Renders independent pictures of simulated tables for training, one npz file a scene.

    python -m training.data.tabletop_render --out DIR --scenes 1200 --workers 2
    python -m training.data.tabletop_render --out DIR --scenes 900 --first-seed 200000 \
        --motion clip --frames 12

Each ``scene_<seed>.npz`` holds ``rgb`` uint8 (F, H, W, 3), ``ids`` uint8 (F, H, W) with 0 =
background, and ``objects``, a JSON list of id, noun, colour and phrases. Finished scenes are
skipped, so an interrupted run is simply started again.

Pictures are drawn at twice their size and averaged, because that is what a network sees of a
camera image that is larger than its input; the renderer itself does not smooth edges.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
import json
import multiprocessing
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from efficientsam3_ros.core.atomic import replacing
from efficientsam3_ros.simulation import SceneObject, Tabletop, TabletopConfig

TEST_SEEDS = range(10000, 10020)
SUPERSAMPLE = 2
CLIP_SECONDS = 4.0


@dataclass(frozen=True)
class SceneFile:
    """One scene read back from disk.

    Attributes:
        rgb: uint8 (F, H, W, 3).
        ids: uint8 (F, H, W), 0 = background.
        objects: One entry per object.
    """

    rgb: np.ndarray
    ids: np.ndarray
    objects: tuple[SceneObject, ...]


def scene_path(out: Path, seed: int) -> Path:
    """Return the file of the scene with this seed."""
    return out / f'scene_{seed}.npz'


def render(config: TabletopConfig, out: Path) -> Path:
    """Render one scene and write it at half the size; an existing file is kept.

    Args:
        config: What to simulate, at ``SUPERSAMPLE`` times the size; fewer than 256 objects.
        out: Folder of the scenes.
    """
    path = scene_path(out, config.seed)
    if path.is_file():
        return path
    with Tabletop(config) as table:
        frames = list(table)
        objects = [{**vars(item), 'phrases': sorted(item.phrases)} for item in table.objects]
    with replacing(path) as part:
        np.savez(
            part,
            rgb=np.stack([shrunk(f.rgb) for f in frames]),
            ids=np.stack([f.ids[::SUPERSAMPLE, ::SUPERSAMPLE] for f in frames]).astype(np.uint8),
            objects=np.array(json.dumps(objects)),
        )
    return path


def shrunk(rgb: np.ndarray) -> np.ndarray:
    """Average uint8 (H, W, 3) down by ``SUPERSAMPLE``."""
    size = (rgb.shape[1] // SUPERSAMPLE, rgb.shape[0] // SUPERSAMPLE)
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)


def read(path: Path) -> SceneFile:
    """Read a scene written by ``render``."""
    with np.load(path) as arrays:
        entries = json.loads(str(arrays['objects']))
        objects = (SceneObject(**{**e, 'phrases': frozenset(e['phrases'])}) for e in entries)
        return SceneFile(arrays['rgb'], arrays['ids'], tuple(objects))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description='Render simulated training pictures.')
    parser.add_argument('--out', type=Path, required=True, help='folder of the scene files')
    parser.add_argument('--scenes', type=int, default=1200)
    parser.add_argument('--frames', type=int, default=8, help='pictures of each scene')
    parser.add_argument('--width', type=int, default=320)
    parser.add_argument('--height', type=int, default=240)
    parser.add_argument('--first-seed', type=int, default=100000)
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument(
        '--motion',
        choices=('still', 'clip'),
        default='still',
        help='independent pictures, or moments of a film with carried and covered objects',
    )
    parser.add_argument('--split', default='train', help='train, unseen_pairs or unseen_nouns')
    return parser.parse_args()


def main() -> None:
    """Render all scenes with a progress bar."""
    args = _arguments()
    seeds = range(args.first_seed, args.first_seed + args.scenes)
    if max(seeds[0], TEST_SEEDS[0]) <= min(seeds[-1], TEST_SEEDS[-1]):
        raise SystemExit(f'Seeds {TEST_SEEDS} are kept for tests; choose another --first-seed.')
    args.out.mkdir(parents=True, exist_ok=True)
    configs = [
        TabletopConfig(
            seed=seed,
            width=args.width * SUPERSAMPLE,
            height=args.height * SUPERSAMPLE,
            fps=args.frames / CLIP_SECONDS,
            frames=args.frames,
            motion=args.motion,
            split=args.split,
            depth=False,
        )
        for seed in seeds
        if not scene_path(args.out, seed).is_file()
    ]
    # OpenGL contexts do not survive a fork.
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(args.workers, mp_context=context) as pool:
        jobs = [pool.submit(render, config, args.out) for config in configs]
        for job in tqdm(as_completed(jobs), total=len(jobs), unit='scene'):
            job.result()


if __name__ == '__main__':
    main()
