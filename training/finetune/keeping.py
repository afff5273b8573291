"""What the network knew: nouns that nobody labeled are answered as before."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.detector.heads import Detections
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.vocabulary import Vocabulary
from training.finetune.settings import FinetuneConfig

PHRASES = 2
"""Old nouns that each picture of a batch is asked."""


class Keeping:
    """Compares with the network as it was (learning without forgetting, arXiv 1606.09282).

    Args:
        config: The run's.
        before: The network as it was; it is not changed.
        new: bool (rows,), words that it does not know.
    """

    def __init__(self, config: FinetuneConfig, before: NanoStudent, new: Tensor) -> None:
        self._before = before.requires_grad_(False).eval()
        context = config.student.text_context
        old, now = Vocabulary.of(config.start_vocabulary), Vocabulary.of(config.vocabulary)
        nouns = [noun for noun in (*old.nouns, *old.wider) if noun in (*now.nouns, *now.wider)]
        ids = torch.from_numpy(now.tokenizer(context).encode(nouns))
        # The same nouns have other ids where words were left out.
        self._after_ids = ids.to(new.device)
        self._before_ids = torch.from_numpy(old.tokenizer(context).encode(nouns)).to(new.device)
        self._seed = config.seed

    def __call__(self, network: NanoStudent, levels: tuple[Tensor, ...], step: int) -> Tensor:
        """Return the mean difference of the answers about some old nouns.

        Args:
            network: The network that learns; its image encoder is the same.
            levels: What the image encoder made of the pictures that are asked.
            step: Number of the step, which decides what is asked.
        """
        generator = torch.Generator().manual_seed(self._seed + step)
        _, level8, _, *cells = levels
        count = PHRASES * len(level8)
        rows = torch.randint(len(self._after_ids), (count,), generator=generator)
        rows = rows.to(self._after_ids.device)
        level8, *cells = (x.repeat_interleave(PHRASES, 0) for x in (level8, *cells))
        with torch.no_grad():
            expected = self._before.detector.detect(
                level8, *self._before.text_encoder(self._before_ids[rows]), *cells
            )
        got = network.detector.detect(level8, *network.text_encoder(self._after_ids[rows]), *cells)
        return _difference(got, expected)


def _difference(got: Detections, expected: Detections) -> Tensor:
    """Return how far presence, maps and fused tokens are apart."""
    pairs = [(got.presence, expected.presence)]
    for name in ('center_logits', 'semantic_logits'):
        one, other = getattr(got.start, name), getattr(expected.start, name)
        if one is not None and other is not None:
            pairs.append((one, other))
    apart = [_apart(one, other) for one, other in pairs]
    return torch.stack(apart).sum() + F.mse_loss(got.memory, expected.memory)


def _apart(logits: Tensor, expected: Tensor) -> Tensor:
    """Return the mean relative entropy of two sets of yes and no; zero where they agree."""
    share = expected.sigmoid()
    least = F.binary_cross_entropy_with_logits(expected, share)
    return F.binary_cross_entropy_with_logits(logits, share) - least
