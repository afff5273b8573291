"""A tiny SAM 3, a student of the same widths, and a miniature SA-1B of colored rectangles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
import json
from pathlib import Path
from unittest import mock

import cv2
from lightning_fabric import Fabric
from miniatures import to_coco
import numpy as np
from sam3_heads import randomize

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.image import neck_sam3, sam3_pyramid
from efficientsam3_ros.model.image.trunks import TRUNKS
from efficientsam3_ros.model.registry import STUDENTS
from efficientsam3_ros.model.student import StudentConfig
from efficientsam3_ros.model.text.mobileclip import TextSpec
from training.encoder import network
from training.encoder.config import (
    EncoderDataConfig,
    EncoderRunConfig,
    EncoderScheduleConfig,
    FeatureConfig,
    StudentPlan,
)
from training.encoder.prompts.first import FirstPrompt
from training.encoder.prompts.rounds import PromptPlan
from training.stage1 import EncoderTrainer

SIZE, GRID, WIDTH, TRUNK_WIDTH, CONTEXT = 112, 8, 32, 64, 16
PICTURES = 8
TEXT_SPECS = {'s0': TextSpec('tiny', 2, 32, 4), 's1': TextSpec('longer', 3, 32, 4)}


def write_teacher(folder: Path, seed: int = 0) -> Path:
    """Write a random SAM 3 in transformers' layout: grid 8, width 32."""
    from transformers import Sam3Config, Sam3Model

    shared = {'hidden_size': WIDTH, 'num_attention_heads': 2, 'intermediate_size': 48}
    trunk = {
        **shared,
        'hidden_size': TRUNK_WIDTH,
        'model_type': 'sam3_vit_model',
        'num_hidden_layers': 2,
        'image_size': SIZE,
        'pretrain_image_size': 56,
        'patch_size': 14,
        'window_size': 4,
        'global_attn_indexes': [1],
    }
    text = {
        **shared,
        'num_hidden_layers': 1,
        'max_position_embeddings': CONTEXT,
        'projection_dim': 16,
    }
    config = Sam3Config(
        vision_config={'backbone_config': trunk, 'fpn_hidden_size': WIDTH},
        text_config=text,
        geometry_encoder_config={**shared, 'num_layers': 1, 'roi_size': 2},
        detr_encoder_config={**shared, 'num_layers': 1},
        detr_decoder_config={**shared, 'num_layers': 1, 'num_queries': 6},
        mask_decoder_config={'hidden_size': WIDTH, 'num_attention_heads': 2},
    )
    model = Sam3Model(config)
    randomize(model, seed)
    model.save_pretrained(folder)
    return folder


def write_sa1b(root: Path, count: int = PICTURES) -> Path:
    """Write pictures of three colored rectangles, with their masks, one inside another."""
    root.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        rng = np.random.default_rng(number)
        rgb = rng.integers(90, 120, (96, 128, 3), np.uint8)
        entries = []
        for thing in range(3):
            y, x = rng.integers(0, 50), rng.integers(0, 70)
            mask = np.zeros((96, 128), bool)
            mask[y : y + 40, x : x + 50] = True
            rgb[mask] = rng.integers(0, 255, 3)
            entries.append(_entry(thing, mask))
        assert cv2.imwrite(str(root / f'sa_{number}.jpg'), rgb)
        image = {'image_id': number, 'width': 128, 'height': 96, 'file_name': f'sa_{number}.jpg'}
        text = json.dumps({'image': image, 'annotations': entries})
        (root / f'sa_{number}.json').write_text(text)
    return root


def _entry(number: int, mask: np.ndarray) -> dict[str, object]:
    ys, xs = np.nonzero(mask)
    return {
        'id': number,
        'segmentation': to_coco(mask),
        'bbox': [int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1],
        'area': int(mask.sum()),
        'predicted_iou': 0.9,
        'stability_score': 0.97,
        'crop_box': [0, 0, 128, 96],
        'point_coords': [[float(xs.mean()), float(ys.mean())]],
    }


def write_phrases(path: Path) -> Path:
    """Write 60 phrases."""
    colors = ('red', 'green', 'blue', 'black', 'white', 'small')
    nouns = ('mug', 'cup', 'bowl', 'box', 'can', 'lid', 'pan', 'jar', 'tray', 'fork')
    path.write_text('\n'.join(f'{color} {noun}' for color in colors for noun in nouns))
    return path


def run_config(teacher: Path, sa1b: Path, **changes: object) -> EncoderRunConfig:
    """Return settings of a run of 30 steps of two pictures."""
    config = EncoderRunConfig(
        teacher=str(teacher),
        threads=1,
        workers=0,
        student=StudentPlan('es_ev_s'),
        data=EncoderDataConfig(sa1b=str(sa1b), pictures=2, validation_pictures=4, phrase_batch=16),
        features=FeatureConfig(teacher_levels=(-1, 1, 2)),
        prompts=PromptPlan(begin=2 / 3, masks=1, least=4, first=FirstPrompt(point_side=1 / 8)),
        schedule=EncoderScheduleConfig(
            steps=30,
            warmup=4,
            learning_rate=4e-3,
            ema=0.9,
            accumulate=1,
            checkpoint_every=1000,
            validate_every=1000,
        ),
    )
    return replace(config, **changes)  # type: ignore[arg-type]


def tiny_config(
    name: str, *, neck='sam3', text: str = 's0', size: int = SIZE, context: int = CONTEXT, **_
) -> StudentConfig:
    """Return what stands for each of the nine students; its neck is as wide as the teacher's."""
    detector = DetectorConfig(
        width=WIDTH,
        heads=2,
        feedforward=48,
        fusion_layers=1,
        decoder_layers=1,
        exemplar_layers=1,
        queries=6,
        exemplar_bins=2,
        kept_queries=None,
    )
    trunk = TRUNKS[STUDENTS[name]]
    return StudentConfig(name, trunk, TEXT_SPECS[text], neck, size, context, detector)


@contextmanager
def tiny_students() -> Iterator[None]:
    """Let every student be a tiny one but for its trunk."""
    with (
        mock.patch.object(network, 'student_config', tiny_config),
        mock.patch.object(neck_sam3, 'TRUNK_WIDTH', TRUNK_WIDTH),
        mock.patch.object(sam3_pyramid, 'TRUNK_WIDTH', TRUNK_WIDTH),
    ):
        yield


def trainer(config: EncoderRunConfig, folder: Path) -> EncoderTrainer:
    """Return a run."""
    with tiny_students():
        return EncoderTrainer(config, folder, Fabric(accelerator='cpu', devices=1))
