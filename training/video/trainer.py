"""The distillation of encoder and memory, step by step over clips."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import Dataset

from efficientsam3_ros.model.image.trunks import forget_biases
from efficientsam3_ros.model.student import sam3_preprocess
from training.data.clips.clip_batch import ClipBatch
from training.encoder.origin import ENTRY, Origin
from training.loop import TrainingLoop
from training.losses.terms import numbers, weighted
from training.memory.objective import rollout_terms
from training.memory.prompts.simulation import Interaction
from training.memory.rollout import Plan, rollout
from training.memory.validation import validate
from training.network.trained_parts import freeze_all_but, part_of, set_train_mode
from training.runtime import Monitor
from training.runtime.checkpoint import Stateful
from training.settings.reading import ConfigError
from training.teacher.identity import TeacherIdentity
from training.teacher.opening import open_teacher
from training.video.config import VideoRunConfig
from training.video.frames import FramesBatch
from training.video.initial import take_base, take_run
from training.video.network import StudentVideo, video_student
from training.video.opening import open_batches
from training.video.teacher import TrackerTeacher, load_base, load_code, load_teacher

NO_TEACHER = 'none'
_BETWEEN_PARTS = 10**12
"""Between the seeds of two batches of a step; more than there are of seeds and steps."""


class VideoTrainer(TrainingLoop[VideoRunConfig, FramesBatch, StudentVideo]):
    """A distillation of encoder and memory, from SAM 3's tracker if there is a teacher."""

    shown_iou = 'iou'
    monitor = Monitor('val_iou')

    def open_data(self) -> tuple[Dataset[FramesBatch], Dataset[FramesBatch]]:
        """Load teacher and base, and open the videos."""
        config = self.config
        preprocess, weights = sam3_preprocess(config.size), NO_TEACHER
        self.base = load_base(config.base, config.size) if config.base or config.teacher else None
        self.code = None
        if config.prompts.points:
            self.code = load_code(config.base).to(self.fabric.device)
        self.teacher: TrackerTeacher | None = None
        if config.teacher:
            assert self.base is not None
            trunk = open_teacher(config.teacher, self.fabric.device)
            if trunk.preprocess != preprocess:
                side = trunk.preprocess.height
                raise ConfigError(f'size is {config.size}, the teacher looks at {side} pixels.')
            weights = trunk.identity.weights
            self.teacher = load_teacher(trunk, *self.base).to(self.fabric.device)
        identity = TeacherIdentity(weights, preprocess.digest())
        self.origin = Origin(identity, config.student.context)
        torch.manual_seed(config.seed)
        self._made = video_student(config)
        return open_batches(config, preprocess, self._made.memory.config.mask_size[0])

    def build_network(self) -> StudentVideo:
        """Return the network, of which only what is to learn has gradients."""
        config, network = self.config, self._made
        if not self.checkpoint.is_file():
            if self.base is not None:
                take_base(network, *self.base, self._sample())
            for name in config.initialize_from:
                take_run(network, Path(name), self.origin.teacher.preprocess)
        del self._made, self.base
        freeze_all_but(network, config.trained)
        return network

    def _sample(self) -> ClipBatch:
        """Return a clip on the CPU, as the teacher sees it or else the student's encoder."""
        batch = self.data[0]
        images = batch.images.flatten(0, 1)
        if self.teacher is None:
            with torch.no_grad():
                return batch.seen_as(self._made.encode(images))
        levels = self.teacher.encode(images.to(self.fabric.device))
        return batch.seen_as([level.cpu() for level in levels])

    def rates(self) -> list[tuple[nn.Module, float]]:
        """Let every part learn at a rate of its own."""
        return [(part_of(self.network, each.part), each.rate) for each in self.config.trained]

    def kept_parts(self) -> dict[str, Stateful]:
        """Return what a checkpoint holds; what was learned from is compared at a resume."""
        return {ENTRY: self.origin, **super().kept_parts()}

    def best_entries(self) -> dict[str, Any]:
        """Return the averaged weights, with what they are and what they were learned from."""
        about = {
            'student': asdict(self.config.student),
            'memory': asdict(self.average.memory.config),
            ENTRY: self.origin.state_dict(),
        }
        return {**super().best_entries(), **about}

    def set_train_mode(self) -> None:
        """Put what learns into train mode; what is frozen stays in evaluation mode."""
        schedule = self.config.schedule
        set_train_mode(self.network, self.config.trained, schedule.freeze_statistics)

    def compute(self, step: int, batch: FramesBatch) -> tuple[Tensor, dict[str, float]]:
        """Return the weighted sum of all terms, and every term."""
        config, schedule = self.config, self.config.schedule
        images = batch.images.flatten(0, 1)
        clips, seen = batch.seen_as(self.network.encode(images)), None
        image = batch.masks.new_zeros(())
        if self.teacher is not None:
            seen = batch.seen_as(self.teacher.encode(images))
            image = F.mse_loss(clips.levels[2].float(), seen.levels[2].float())
        # Drawn from the step's number, so that a resumed run continues exactly.
        number = config.seed * 1_000_003 + step + self.part * _BETWEEN_PARTS
        random = torch.Generator().manual_seed(number)
        asked = config.prompts.draw(
            clips.frames, self.code, np.random.default_rng((config.seed, step, self.part))
        )
        plan = Plan.draw(clips, schedule.teacher_forcing, schedule.conditioning, random, asked)
        memory = None if self.teacher is None else self.teacher.memory
        steps = rollout(self.network.memory, clips, plan, config.gate, memory, seen)
        terms = rollout_terms(steps, clips) | {'image': image}
        return weighted(terms, config.loss), numbers(terms)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Score the averaged weights on what is never trained on: videos, or boxes in pictures."""
        forget_biases(self.average.image_encoder.trunk)
        asked = None
        if not self.config.schedule.videos:
            assert self.code is not None
            asked = Interaction.exact_boxes(self.code)
        with self.fabric.autocast():
            return validate(self.average.memory, self._encoded(), self.config.gate, asked)

    def _encoded(self) -> Iterator[ClipBatch]:
        for batch in self.validation_batches():
            yield batch.seen_as(self.average.encode(batch.images.flatten(0, 1)))
