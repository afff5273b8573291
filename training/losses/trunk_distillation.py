"""What YOLOX knows stays while its layers learn more: distillation from the network of before.

Learning without forgetting (arXiv 1606.09282), on features of a detector's head (as in arXiv
1708.06977): few pictures of COCO are trained on, so that labels alone would not hold its classes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.ops import generalized_box_iou_loss

from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from efficientsam3_ros.model.image.yolox.head import STRIDES
from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from training.data.batch import Batch
from training.data.sources.coco_names import names_of
from training.data.vocabulary import Vocabulary
from training.losses.boxes import corners
from training.losses.owned_cells import owned_cells


class TrunkDistillation(nn.Module):
    """The head's class features, objectness and boxes, where the teacher is sure of a class.

    Rendered pictures are left out, of which everything is known, and so are objects whose noun
    is none of COCO's: the teacher takes a wrench for scissors.

    Args:
        teacher: YOLOX with the weights of its authors; it is frozen here.
        vocabulary: Of the run.
    """

    taught: Tensor

    def __init__(self, teacher: YoloxTrunk, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.teacher = teacher.requires_grad_(False).eval()
        self.teacher.to(memory_format=torch.channels_last)  # a quarter quicker
        names = {name for category in COCO_CLASSES for name in names_of(category, vocabulary, {})}
        taught = [noun in names for noun in vocabulary.nouns]
        self.register_buffer('taught', torch.tensor(taught), persistent=False)

    def forward(self, cells: Tensor, batch: Batch, grid: tuple[int, int]) -> Tensor:
        """Return the mean over cells, each weighted by the square of the teacher's best score.

        Args:
            cells: (B, N, channels + 5) of the student's ``YoloxTrunk.cells``.
            batch: Images and truth.
            grid: Rows and columns at stride 8.
        """
        images = (~batch.complete).nonzero()[:, 0]
        if not len(images):
            return cells.new_zeros(())
        wanted, score = self._seen(batch.images[images])
        weight = score.square().masked_fill(self._foreign(batch, grid)[images], 0)
        wrong = _difference(cells[images].float(), wanted.float())
        return (wrong * weight).sum() / weight.sum().clamp(min=1)

    @torch.no_grad()
    def _seen(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return the teacher's cells (B, N, channels + 5) and its best scores (B, N), 0..1."""
        maps = self.teacher(images.contiguous(memory_format=torch.channels_last))
        chance = self.teacher.predictions(maps)[..., 4:].float().sigmoid()
        return self.teacher.cells(maps), chance[..., 0] * chance[..., 1:].amax(-1)

    @torch.no_grad()
    def _foreign(self, batch: Batch, grid: tuple[int, int]) -> Tensor:
        """Return bool (B, N): cells of objects that are of no class of COCO."""
        index, owner, _ = owned_cells(batch, grid)
        noun = batch.noun[owner]
        known = self.taught[noun.clamp(min=0)] & (noun >= 0)
        foreign = torch.zeros(len(batch.images) * grid[0] * grid[1], device=noun.device)
        foreign[index[~known]] = 1
        plane = foreign.view(len(batch.images), 1, *grid)
        steps = [stride // STRIDES[0] for stride in STRIDES]
        levels = [F.max_pool2d(plane, step, ceil_mode=True).flatten(1) for step in steps]
        return torch.cat(levels, 1) > 0


def _difference(found: Tensor, wanted: Tensor) -> Tensor:
    """Return (B, N): squared relative error of features, and errors of objectness and box."""
    features, target = found[..., :-5], wanted[..., :-5]
    error = (features - target).square().mean(-1) / target.square().mean()
    error = error + F.smooth_l1_loss(found[..., -5], wanted[..., -5], reduction='none')
    return error + generalized_box_iou_loss(corners(found[..., -4:]), corners(wanted[..., -4:]))
