"""A miniature SA-Co of colored rectangles, VEval with it, and a fine-tuning of a tiny student."""

from __future__ import annotations

from dataclasses import replace
import json
from pathlib import Path

import cv2
from lightning_fabric import Fabric
from miniatures import to_coco
import numpy as np
from tiny_stage1 import SIZE, tiny_students

from training.concept.config import (
    ConceptDataConfig,
    ConceptRunConfig,
    ConceptScheduleConfig,
)
from training.concept.loss_weights import ConceptLossWeights
from training.concept.views.variation import Variation
from training.encoder.config import StudentPlan
from training.network.trained_parts import TrainedPart
from training.stage3 import ConceptTrainer

HEIGHT, WIDTH = 96, 128
COLORS = {'red box': (200, 20, 20), 'green box': (20, 200, 20), 'blue box': (20, 20, 200)}
PHRASES = tuple(COLORS)


def draw(rng: np.random.Generator, present: list[str]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return a picture of gray noise with one rectangle of each color, and their masks."""
    rgb = rng.integers(90, 120, (HEIGHT, WIDTH, 3), np.uint8)
    masks = []
    for number, phrase in enumerate(present):
        y, x = int(rng.integers(4, 40)), int(rng.integers(2, 20)) + 64 * number
        mask = np.zeros((HEIGHT, WIDTH), bool)
        mask[y : y + 40, x : x + 40] = True
        rgb[mask] = COLORS[phrase]
        masks.append(mask)
    return rgb, masks


def write_saco(root: Path, count: int = 10) -> Path:
    """Write pictures with two of three colors, all three asked: a hard negative each."""
    (root / 'images').mkdir(parents=True)
    images, annotations = [], []
    for number in range(count):
        rng = np.random.default_rng(number)
        present = [PHRASES[i] for i in rng.permutation(3)[:2]]
        rgb, masks = draw(rng, present)
        assert cv2.imwrite(str(root / f'images/{number}.jpg'), rgb[..., ::-1])
        for place, phrase in enumerate(PHRASES):
            pair = 1000 + 3 * number + place
            images.append(_pair(pair, f'{number}.jpg', phrase))
            if phrase in present:
                mask = to_coco(masks[present.index(phrase)])
                annotations.append(
                    {'id': pair, 'image_id': pair, 'segmentation': mask, 'iscrowd': 0}
                )
    data = {'images': images, 'annotations': annotations, 'categories': [{'id': 1}]}
    (root / 'silver_boxes_merged_test.json').write_text(json.dumps(data))
    return root


def _pair(number: int, file: str, phrase: str) -> dict[str, object]:
    return {
        'id': number,
        'file_name': file,
        'text_input': phrase,
        'width': WIDTH,
        'height': HEIGHT,
        'is_instance_exhaustive': 1,
    }


def write_veval(root: Path, frames: int = 4) -> Path:
    """Write a video in which a red and a blue box stay; a green one is asked for, too."""
    folder = root / 'JPEGImages_6fps/boxes'
    folder.mkdir(parents=True)
    present, tracks = ['red box', 'blue box'], [[], []]
    for number in range(frames):
        rgb, masks = draw(np.random.default_rng((7, number)), present)
        assert cv2.imwrite(str(folder / f'{number:05d}.jpg'), rgb[..., ::-1])
        for track, mask in zip(tracks, masks):
            track.append(to_coco(mask))
    tracks[1][1] = None
    names = [f'boxes/{number:05d}.jpg' for number in range(frames)]
    video = {'id': 1, 'video_name': 'boxes', 'file_names': names}
    data = {
        'videos': [video | {'height': HEIGHT, 'width': WIDTH, 'length': frames}],
        'annotations': [
            {'id': n, 'video_id': 1, 'noun_phrase': phrase, 'segmentations': track}
            for n, (phrase, track) in enumerate(zip(present, tracks))
        ],
        'video_np_pairs': [{'video_id': 1, 'noun_phrase': phrase} for phrase in PHRASES],
    }
    path = root / 'saco_veval_boxes.json'
    path.write_text(json.dumps(data))
    return path


def run_config(teacher: Path, saco: Path, **changes: object) -> ConceptRunConfig:
    """Return settings of a run of six steps of a picture."""
    config = ConceptRunConfig(
        teacher=str(teacher),
        size=SIZE,
        threads=1,
        workers=0,
        student=StudentPlan('es_ev_s'),
        trained=[TrainedPart('image_encoder', 0.5), TrainedPart('detector')],
        data=ConceptDataConfig(
            saco=str(saco), clip_every=2, frames=2, phrases=3, validation_pictures=2
        ),
        schedule=ConceptScheduleConfig(
            steps=6,
            warmup=2,
            learning_rate=1e-3,
            ema=0.9,
            accumulate=1,
            checkpoint_every=1000,
            validate_every=1000,
        ),
    )
    return replace(config, **changes)  # type: ignore[arg-type]


def with_everything(config: ConceptRunConfig) -> ConceptRunConfig:
    """Return a run with all that settings may add: views, examples, many queries, decay."""
    data = replace(
        config.data,
        exemplars=0.5,
        exemplar_boxes=2,
        counter_exemplars=0.5,
        exemplar_words=0.5,
        augmentation=Variation(share=0.8),
    )
    schedule = replace(config.schedule, layer_decay=0.9)
    loss = replace(config.loss, many_box=2.0, many_score=40.0)
    return replace(config, data=data, schedule=schedule, loss=loss)


def labels_alone(config: ConceptRunConfig) -> ConceptRunConfig:
    """Return a run without a teacher."""
    return replace(
        config, teacher='', loss=ConceptLossWeights(teacher_score=0.0, teacher_presence=0.0)
    )


def trainer(
    config: ConceptRunConfig, folder: Path, fabric: Fabric | None = None
) -> ConceptTrainer:
    """Return a run."""
    with tiny_students():
        return ConceptTrainer(config, folder, fabric or Fabric(accelerator='cpu', devices=1))
