"""Supervised training of a student on the simulated tabletop.

Example:
    python -m training.supervised --config training/configs/nano.yaml --out runs/nano
    python -m training.supervised --config training/configs/nano.yaml --out runs/nano  # resumes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
import sys
import time

from lightning_fabric import Fabric
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm

from efficientsam3_ros.core import Preprocess, WordTokenizer
from efficientsam3_ros.model.nano_student import NanoStudent
from efficientsam3_ros.simulation.vocabulary import ALL_WORDS
from training.command_line import run_training
from training.config import SupervisedConfig
from training.data.augment import Augmentation
from training.data.batch import Batch
from training.data.phrases import COLOR_NAMES, NOUNS
from training.data.tabletop import TabletopBatches
from training.initial_weights import load_student, load_trunk
from training.losses.detection import DetectionLoss, detection_loss
from training.losses.naming import Naming
from training.runtime import (
    AveragedWeights,
    MetricsLog,
    descend,
    learning_rate_factor,
    load_checkpoint,
    mean_of,
    parameter_groups,
    save_checkpoint,
)

CHECKPOINT = 'checkpoint.pt'
NO_AUGMENTATION = Augmentation(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def tokenizer_of(config: SupervisedConfig) -> WordTokenizer:
    """Return the tokenizer of the simulated vocabulary."""
    return WordTokenizer(ALL_WORDS, config.student.text_context)


def build_student(config: SupervisedConfig) -> NanoStudent:
    """Make the network with the vocabulary's size: seeded, initialised, first stages frozen."""
    torch.manual_seed(config.seed)
    size = tokenizer_of(config).size
    student = NanoStudent(replace(config.student, vocabulary_size=size))
    load_trunk(student.image_encoder.trunk, config.trunk_weights)
    if config.start_from:
        load_student(student, Path(config.start_from), config.new_parts)
    freeze_trunk(student.image_encoder.trunk, config.schedule.freeze_stages)
    return student.to(memory_format=torch.channels_last)


def freeze_trunk(trunk: nn.Module, stages: int) -> None:
    """Freeze the stem and the first stages of a timm EfficientNet trunk."""
    if stages > 0:
        blocks = trunk.blocks
        assert isinstance(blocks, nn.Sequential)
        for module in (trunk.conv_stem, trunk.bn1, *blocks[:stages]):
            module.requires_grad_(False)


def set_train_mode(student: NanoStudent) -> None:
    """Train mode, with the trunk's batch norms at their ImageNet statistics."""
    student.train()
    student.image_encoder.trunk.eval()


def batches(config: SupervisedConfig, validation: bool = False) -> TabletopBatches:
    """Return the batches of a run; validation ones are few, fixed and not augmented."""
    preprocess = Preprocess(config.student.input_height, config.student.input_width)
    data, schedule = config.data, config.schedule
    final = ((config.student.input_height, config.student.input_width, schedule.steps),)
    return TabletopBatches(
        root=Path(data.validation if validation else data.train),
        tokenizer=tokenizer_of(config),
        sizes=final if validation else schedule.sizes,
        length=schedule.validation_batches if validation else schedule.steps,
        mean=preprocess.mean,
        std=preprocess.std,
        scenes=data.scenes,
        views=data.views,
        phrases=data.phrases,
        min_area=data.min_area,
        exemplars=0.0 if validation else data.exemplars,
        seed=config.seed + (1_000_000 if validation else 0),
        augmentation=NO_AUGMENTATION if validation else data.augmentation,
    )


def compute_loss(student: NanoStudent, naming: Naming, batch: Batch) -> DetectionLoss:
    """Run the network as the exported graphs do, for a batch of images, and score it."""
    images = batch.images.contiguous(memory_format=torch.channels_last)
    pixels, level8, _ = student.image_encoder(images)
    named = naming(level8, batch)
    prompt, mask = student.text_encoder(batch.token_ids)
    level8 = level8.repeat_interleave(batch.phrases, 0)
    if (batch.exemplar >= 0).any():
        prompt, mask = add_exemplars(student, batch, level8, prompt, mask)
    output = student.detector.detect(level8, prompt, mask)
    return detection_loss(student.detector, output, pixels, named, batch)


def add_exemplars(
    student: NanoStudent, batch: Batch, level8: Tensor, prompt: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Append one exemplar token a phrase: half as a box, half as a point, masked where absent."""
    rows = (batch.exemplar >= 0).nonzero()[:, 0]
    instance = batch.exemplar[rows]
    positive = torch.ones(len(rows), 1, dtype=torch.long, device=rows.device)
    boxes, places = batch.boxes[instance][:, None], batch.places[instance][:, None]
    encoded = student.exemplar_encoder(level8[rows], boxes, positive, places, positive)
    tokens = prompt.new_zeros(len(prompt), 2, prompt.shape[-1]).index_copy(0, rows, encoded)
    as_box = (rows % 2 == 0).to(mask.dtype)
    valid = mask.new_zeros(len(mask), 2).index_copy(0, rows, torch.stack([as_box, 1 - as_box], 1))
    return torch.cat([prompt, tokens], 1), torch.cat([mask, valid], 1)


@dataclass
class Trainer:
    """State of a run.

    Attributes:
        config: Its settings.
        folder: Receives checkpoint, log and TensorBoard events.
        fabric: Places the network on its device.
    """

    config: SupervisedConfig
    folder: Path
    fabric: Fabric

    def __post_init__(self) -> None:
        schedule = self.config.schedule
        self.folder.mkdir(parents=True, exist_ok=True)
        self.student = build_student(self.config)
        self.naming = Naming(self.config.student.width, len(NOUNS), len(COLOR_NAMES))
        self.learner = nn.ModuleDict({'student': self.student, 'naming': self.naming})
        trunk = self.student.image_encoder.trunk
        rest: list[nn.Module] = [self.student.image_encoder.neck, self.student.text_encoder]
        rest += [self.student.exemplar_encoder, self.student.detector, self.naming]
        modules = [(trunk, schedule.trunk_rate), *((module, 1.0) for module in rest)]
        groups = parameter_groups(modules, schedule.learning_rate, schedule.weight_decay)
        self.average = AveragedWeights(self.student, schedule.ema)
        self.optimizer = torch.optim.AdamW(groups)
        checkpoint = self.folder / CHECKPOINT
        self.first = load_checkpoint(checkpoint, self.learner, self.optimizer, self.average)
        self.learner.to(self.fabric.device)
        self.log = MetricsLog(self.folder, self.first)

    def run(self) -> None:
        """Train to the last step, resuming where the checkpoint ended."""
        schedule = self.config.schedule
        data = Subset(batches(self.config), range(self.first, schedule.steps))
        loader = DataLoader(data, batch_size=None, num_workers=1, prefetch_factor=4)
        rows: list[Mapping[str, float]] = []
        started = time.monotonic()
        progress = tqdm(
            loader, initial=self.first, total=schedule.steps, unit='step', mininterval=5
        )
        set_train_mode(self.student)
        for step, batch in enumerate(progress, self.first):
            rows.append(self._step(step, batch.to(self.fabric.device)))
            if (step + 1) % 20 == 0:
                figures = mean_of(rows) | {'seconds': time.monotonic() - started}
                self.log.write(step + 1, figures)
                progress.set_postfix(
                    iou=f'{figures["matched_iou"]:.3f}', loss=f'{figures["total"]:.2f}'
                )
                rows.clear()
            self._milestones(step + 1)

    def _step(self, step: int, batch: Batch) -> dict[str, float]:
        schedule = self.config.schedule
        factor = learning_rate_factor(step, schedule.steps, schedule.warmup, schedule.constant)
        loss = compute_loss(self.student, self.naming, batch)
        total = loss.total(self.config.loss)
        norm = descend(total, self.learner, self.optimizer, step, factor, schedule.clip)
        self.average.update(self.student, step)
        values = {f.name: float(getattr(loss, f.name).detach()) for f in fields(loss)}
        return values | {'total': float(total.detach()), 'gradient': norm}

    def _milestones(self, step: int) -> None:
        schedule = self.config.schedule
        if step % schedule.checkpoint_every == 0 or step == schedule.steps:
            path = self.folder / CHECKPOINT
            save_checkpoint(self.fabric, path, step, self.learner, self.optimizer, self.average)
        if step % schedule.validate_every == 0 or step == schedule.steps:
            figures = self.validate()
            self.log.write(step, figures)
            text = ', '.join(f'{name} {value:.3f}' for name, value in figures.items())
            tqdm.write(f'step {step}: {text}')

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Score the averaged weights on scenes that are never trained on."""
        kept = {k: v.clone() for k, v in self.student.state_dict().items()}
        self.student.load_state_dict(self.average.state)
        self.student.eval()
        data = batches(self.config, validation=True)
        losses = [
            compute_loss(self.student, self.naming, data[i].to(self.fabric.device))
            for i in range(len(data))
        ]
        self.student.load_state_dict(kept)
        set_train_mode(self.student)
        names = (
            *('score', 'presence', 'dice', 'center', 'naming'),
            *('matched_iou', 'presence_accuracy'),
        )
        return mean_of([{f'val_{n}': float(getattr(loss, n)) for n in names} for loss in losses])


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""

    def train(config: SupervisedConfig, folder: Path, fabric: Fabric) -> None:
        Trainer(config, folder, fabric).run()

    return run_training('training.supervised', __doc__, SupervisedConfig.load, train, argv)


if __name__ == '__main__':
    sys.exit(main())
