"""Where nobody labeled anything, the student's similarity follows what YOLOX finds there.

The teacher is the network that the trunk started from, with the prediction layers that the student
lacks. It stays as it came, while the student's trunk moves.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from efficientsam3_ros.core import WordTokenizer
from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.batch import Batch
from training.data.sources.coco_names import exhaustive_nouns, names_of
from training.data.vocabulary import Vocabulary
from training.losses.class_maps import ClassMaps, best_predictions, class_maps
from training.losses.owned_cells import owned_cells
from training.losses.prompt_naming import focal


class TeacherNaming(nn.Module):
    """Focal loss with the teacher's probabilities as targets (as in arXiv 2006.04388).

    Images of which everything is known, such as rendered ones, need no teacher. On others a noun
    is told at every cell that no labeled thing owns; a wider noun of which COCO lacks some kinds
    (fruit) only where one of the others is seen.

    Args:
        teacher: YOLOX with the weights of its authors; it is frozen here.
        vocabulary: Of the run.
        tokenizer: Of the run.

    Attributes:
        phrases: The R nouns, and wider nouns, of COCO's classes.
    """

    token_ids: Tensor
    exhaustive: Tensor

    def __init__(
        self, teacher: YoloxTrunk, vocabulary: Vocabulary, tokenizer: WordTokenizer
    ) -> None:
        super().__init__()
        self.teacher = teacher.requires_grad_(False).eval()
        self.teacher.to(memory_format=torch.channels_last)  # a quarter quicker
        # To YOLOX every mug is a cup; the labels of other sources tell them apart.
        names = [names_of(category, vocabulary, {}) for category in COCO_CLASSES]
        self.phrases = tuple(dict.fromkeys(name for known in names for name in known))
        self._classes = [[c for c, k in enumerate(names) if p in k] for p in self.phrases]
        whole = exhaustive_nouns(COCO_CLASSES, vocabulary, {})
        self.register_buffer('exhaustive', torch.tensor([p in whole for p in self.phrases]))
        self.register_buffer(
            'token_ids', torch.from_numpy(tokenizer.encode(list(self.phrases))), persistent=False
        )

    def forward(self, student: NanoStudent, level8: Tensor, batch: Batch) -> Tensor:
        """Return the sum over phrases and cells, per cell at which the teacher sees something.

        Args:
            student: With ``prompt_similarity``.
            level8: (B, width, H, W) image tokens.
            batch: Images, and the truth, which the teacher leaves alone.
        """
        similarity = student.detector.similarity
        assert similarity is not None
        grid = (int(level8.shape[-2]), int(level8.shape[-1]))
        images = (~batch.complete).nonzero()[:, 0]
        if not len(images):
            return level8.new_zeros(())
        cells = unlabeled_cells(batch, grid)[images].flatten()
        target, judged = self.targets(self.seen(batch.images[images], grid))
        target, judged = target[:, cells], judged[:, cells]
        text = similarity.embed_prompts(*student.text_encoder(self.token_ids))
        tokens = level8[images].permute(0, 2, 3, 1).flatten(0, 2)[cells]
        cost = focal(similarity.logits(tokens, text), target) * judged
        return cost.sum() / max(int((target > 0).any(0).sum()), len(images))

    @torch.no_grad()
    def seen(self, images: Tensor, grid: tuple[int, int]) -> ClassMaps:
        """Return what the teacher finds.

        Args:
            images: (B, 3, height, width), normalized.
            grid: Rows and columns at stride 8.
        """
        height, width = (int(side) for side in images.shape[-2:])
        pixels = images.contiguous(memory_format=torch.channels_last)
        raw = self.teacher.predictions(self.teacher(pixels))
        found = best_predictions(raw, height, width)
        return class_maps(found, grid, (height, width), len(COCO_CLASSES))

    def targets(self, maps: ClassMaps) -> tuple[Tensor, Tensor]:
        """Return probabilities and whether they are known, both (R, B * H * W)."""
        score, unsure = (x.transpose(0, 1).flatten(1) for x in (maps.score, maps.unsure))
        target = torch.stack([score[rows].amax(0) for rows in self._classes])
        doubtful = torch.stack([unsure[rows].any(0) for rows in self._classes])
        return target, (target > 0) | (self.exhaustive[:, None] & ~doubtful)


def unlabeled_cells(batch: Batch, grid: tuple[int, int]) -> Tensor:
    """Return bool (B, H * W) cells that no instance owns, none of completely known images."""
    owned, _, _ = owned_cells(batch, grid)
    free = (~batch.complete).repeat_interleave(grid[0] * grid[1])
    free[owned] = False
    return free.unflatten(0, (len(batch.images), -1))
