r"""Aligns an image encoder with a text encoder, before training.stage3 trains a detector on both.

SAM 3's encoders are aligned before its detector is trained (Perception Encoder, arXiv 2504.13181).
Here every cell of a picture learns which phrases are true of what it shows (GLIP, arXiv
2112.03857). Pictures are read in SA-Co's form; the more phrases they have, the more is learnt from
each. The settings are those of training.stage3, for a student whose student.sizes have proposals;
training.proof runs it with training/configs/proof/alignment.yaml and the sizes of its plan.

Examples:
    python -m training.align --config alignment.yaml data.saco=data/all_phrases
    python -m training.stage3 --config teacher.yaml initialize_from=[runs/alignment/best.pt] \
        data.saco=data/labels
"""

from __future__ import annotations

import sys

import torch
from torch import Tensor
from torch.utils.data import Dataset

from efficientsam3_ros.model.image.trunks import forget_biases
from training.alignment.objective import (
    CONTRAST,
    IOU,
    TERM,
    agreement,
    alignment_terms,
    cell_logits,
)
from training.concept.config import ConceptRunConfig
from training.concept.data.batch import ConceptBatch
from training.concept.foresight import foreseen
from training.loop import run_training
from training.losses.terms import numbers
from training.runtime import Monitor
from training.settings.reading import ConfigError
from training.stage3 import ConceptTrainer

VALIDATED = f'val_{IOU}'


class AlignmentTrainer(ConceptTrainer):
    """A training of both encoders, and of how similar cells and prompts are."""

    shown_iou = IOU
    monitor = Monitor(VALIDATED)

    def open_data(self) -> tuple[Dataset[ConceptBatch], Dataset[ConceptBatch]]:
        """Open what is asked.

        Raises:
            ConfigError: If the student has no similarity of cells and prompts.
        """
        check_proposals(self.config)
        return super().open_data()

    def compute(self, step: int, batch: ConceptBatch) -> tuple[Tensor, dict[str, float]]:
        """Return the loss, and it again with the agreement."""
        terms = alignment_terms(self.network, batch)
        return terms[TERM] + terms[CONTRAST], numbers(terms)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Compare cells of pictures that are never trained on, all of them together."""
        # TinyViT keeps biases of the weights that it was evaluated with before.
        forget_biases(self.average.image_encoder.trunk)
        met = either = 0
        with self.fabric.autocast():
            for batch in self.validation_batches():
                both, any_ = agreement(*cell_logits(self.average, batch))
                met, either = met + int(both), either + int(any_)
        return {VALIDATED: met / max(1, either)}


def check_proposals(config: ConceptRunConfig) -> None:
    """Refuse a student without a similarity of cells and prompts.

    Raises:
        ConfigError: If its queries come from a learned table.
    """
    if config.student.sizes.detector.query_selection != 'proposals':
        raise ConfigError(
            'Queries from a learned table know no similarity of cells and prompts; set '
            'detector.query_selection to proposals in student.sizes.'
        )


def expected(config: ConceptRunConfig) -> str | None:
    """Return tables of a run that cannot be measured here; None if it can."""
    check_proposals(config)
    return foreseen(config)


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_training(
        'training.align', __doc__, ConceptRunConfig.load, AlignmentTrainer, argv, expected
    )


if __name__ == '__main__':
    sys.exit(main())
