"""Simulated clips for evaluation, rendered once and kept on disk."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from efficientsam3_ros.datasets.simulated.film_digest import film_digest
from efficientsam3_ros.evaluation.clip import Clip
from efficientsam3_ros.simulation import Tabletop, TabletopConfig, suggest_prompts


def simulated_clip(config: TabletopConfig, cache: Path | None = None) -> Clip:
    """Return a tabletop clip with two concepts that are there and one that is not.

    Args:
        config: What to simulate; depth is not needed.
        cache: Folder of rendered clips; a changed simulator renders anew.

    Raises:
        AssetError: If the pack's files are missing.
        RendererError: If no off-screen OpenGL context can be made.
    """
    if cache is None:
        return _render(config)
    path = cache / f'{config.split}-{config.seed}-{film_digest(config)}.npz'
    if path.is_file():
        return _load(path)
    clip = _render(config)
    cache.mkdir(parents=True, exist_ok=True)
    # Written under another name first: a clip that was cut off must never be taken for whole.
    part = path.with_suffix(f'.{os.getpid()}.part')
    with part.open('wb') as file:
        np.savez_compressed(
            file,
            rgb=clip.rgb,
            ids=clip.ids,
            stamps_ns=clip.stamps_ns,
            about=np.array(_about(clip)),
        )
    part.replace(path)
    return clip


def _render(config: TabletopConfig) -> Clip:
    with Tabletop(config) as scene:
        seen = list(scene)
        objects = scene.objects
    return Clip(
        name=str(config.seed),
        rgb=np.stack([item.rgb for item in seen]),
        ids=np.stack([item.ids for item in seen]),
        stamps_ns=np.array([item.stamp_ns for item in seen], np.int64),
        phrases={item.id: item.phrases for item in objects},
        concepts=suggest_prompts(objects, seen, config.seed),
    )


def _about(clip: Clip) -> str:
    phrases = {str(number): sorted(names) for number, names in clip.phrases.items()}
    return json.dumps({'name': clip.name, 'concepts': clip.concepts, 'phrases': phrases})


def _load(path: Path) -> Clip:
    with np.load(path) as data:
        about = json.loads(str(data['about']))
        return Clip(
            name=about['name'],
            rgb=data['rgb'],
            ids=data['ids'],
            stamps_ns=data['stamps_ns'],
            phrases={int(n): frozenset(names) for n, names in about['phrases'].items()},
            concepts=tuple(about['concepts']),
        )
