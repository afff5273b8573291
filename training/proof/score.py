"""Scores one row of a proof with one seed; training.proof calls it.

Examples:
    python -m training.proof.score --plan runs/proof/plan.yaml --out runs/proof \
        --row "stage 1" --seed 1
"""

from __future__ import annotations

from pathlib import Path
import sys
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
import torch

from efficientsam3_ros.evaluation.metrics.counts import Counts
from efficientsam3_ros.model.cost.cost import count_macs
from training.memory.rollout import Gate
from training.proof.boxes import box_counts
from training.proof.clips import clip_counts
from training.proof.concepts import concept_counts, threshold_of
from training.proof.figures import Scores
from training.proof.networks import networks_of
from training.proof.plan import ProofPlan
from training.proof.rows import SCORES, Rows
from training.settings.command_line import Seed, run_command

_Seconds = Annotated[float, Parameter(validator=Number(gte=0))]


def score(*, plan: Path, out: Path, row: str, seed: Seed, seconds: _Seconds = 0.0) -> None:
    """Score a row and write it into its folder.

    Args:
        plan: YAML file of the proof.
        out: Folder of the proof.
        row: Its name in the plan, or teacher.
        seed: Its seed.
        seconds: That its training took, which is kept beside the scores.
    """
    torch.set_num_threads(1)
    rows = Rows(ProofPlan.load(plan), out, seed)
    networks, held_out = networks_of(rows, row), rows.plan.held_out
    pictures, validation, masks, clips = (
        Path(rows.plan.filled(name, out))
        for name in (held_out.pictures, held_out.validation, held_out.masks, held_out.clips)
    )
    student, video = networks.student, networks.video
    threshold = threshold_of(student, validation)
    found: dict[str, dict[str, Counts]] = {
        'boxes': box_counts(student, masks),
        'concepts': concept_counts(student, pictures, threshold),
        'clips': {} if video is None else clip_counts(video, clips, Gate()),
    }
    Scores(
        row=row,
        seed=seed,
        gmac=count_macs(student.config).image_path / 1e9,
        memory_tokens=None if video is None else float(video.memory.config.latents),
        seconds=seconds,
        threshold=threshold,
        scenes={
            kind: {scene: tuple(counts.vector().tolist()) for scene, counts in own.items()}
            for kind, own in found.items()
        },
    ).write(rows.place(row) / SCORES)


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.proof.score', __doc__, score, argv)


if __name__ == '__main__':
    sys.exit(main())
