"""Load SAM 3 from a local folder in transformers' layout, strictly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from efficientsam3_ros.core.text.clip_tokenizer import ClipTokenizer
from efficientsam3_ros.core.text.tokenizer import PADDING_ID
from efficientsam3_ros.install_hint import install_hint
from efficientsam3_ros.model.student import sam3_preprocess
from training.teacher.identity import TeacherIdentity, weights_digest
from training.teacher.protocol import TeacherError

PADDED_BOX = -10
"""The label by which transformers knows a padded box."""


Tokenizer = Callable[[Sequence[str]], tuple[Tensor, Tensor]]
"""Phrases to int64 token ids and attention masks, 1 where a token is valid, both (K, context)."""


class FrozenTeacher:
    """SAM 3 from a local folder in transformers' layout, frozen and in evaluation mode.

    Args:
        folder: Holds ``config.json`` and ``model.safetensors``, as a download leaves them; a video
            model's folder serves a picture model as well.
        device: Where it runs.
        dtype: Its precision; results come back in it.
        tokenizer: Phrases to ids; CLIP's, as SAM 3 has it, when absent.

    Attributes:
        preprocess: That of the students, which is SAM 3's own: squash to the square input, mean
            and deviation 0.5.
        context: Tokens of its phrases.

    Raises:
        TeacherError: If transformers or the folder is missing, or weights do not fit.
    """

    architecture: ClassVar[str]
    """Its class in transformers, ``Sam3Model`` or ``Sam3VideoModel``."""

    def __init__(
        self,
        folder: Path,
        device: torch.device | str = 'cpu',
        dtype: torch.dtype = torch.float32,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        self.device = torch.device(device)
        self.dtype = dtype
        model = _load(Path(folder), self.architecture, dtype)
        append_cls(getattr(model, 'detector_model', model))
        self.model: Any = model.to(self.device).eval().requires_grad_(False)
        config = self.model.config
        text = getattr(config, 'detector_config', config).text_config
        self.context = int(text.max_position_embeddings)
        self._tokenizer = tokenizer or clip_tokenizer(self.context)
        size = config.image_size
        self.preprocess = sam3_preprocess(int(size if isinstance(size, int) else size[0]))
        self._folder = Path(folder)

    @cached_property
    def identity(self) -> TeacherIdentity:
        """Which weights and which preprocess it is; gigabytes are read for it, once."""
        return TeacherIdentity(weights_digest(self._folder), self.preprocess.digest())

    def tokens(self, phrases: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Return ids and mask of phrases, each (K, context), on the device."""
        ids, mask = self._tokenizer(phrases)
        return ids.to(self.device), mask.to(self.device)


def _load(folder: Path, name: str, dtype: torch.dtype) -> Any:
    """Load all weights; transformers would fill holes in them with random numbers."""
    if not (folder / 'config.json').is_file():
        raise TeacherError(
            f"{folder} holds no config.json. Name a folder in transformers' layout, e.g. made "
            'by "efficientsam3 download sam3 --out FOLDER" (facebook/sam3 is gated: accept its '
            'licence on its page and pass --token).'
        )
    try:
        import transformers
    except ImportError as error:
        raise TeacherError(f'The teacher needs transformers: {install_hint("train")}.') from error
    model, report = getattr(transformers, name).from_pretrained(
        folder, local_files_only=True, dtype=dtype, output_loading_info=True
    )
    missing = sorted(report['missing_keys'])
    wrong = sorted(str(entry[0]) for entry in report['mismatched_keys'])
    if bad := missing or wrong:
        raise TeacherError(
            f'{folder} does not fit {name}: {len(missing)} weights are missing and {len(wrong)} '
            f'have another shape, e.g. {", ".join(bad[:3])}. Download the folder again.'
        )
    return model


def append_cls(detector: nn.Module) -> None:
    """Make a text-only prompt carry the exemplar encoder's CLS token, as SAM 3 itself does.

    transformers runs the exemplar encoder only where boxes are given; without the token logits
    differ by as much as their scale. One padded box makes it run, and leaves only the token.
    """

    def hook(module: nn.Module, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        boxes = kwargs.get('input_boxes')
        if boxes is None or boxes.numel() == 0:
            text = kwargs.get('text_embeds')
            ids = kwargs['input_ids'] if text is None else text.pooler_output
            weight = next(module.parameters())
            batch = ids.shape[0]
            kwargs['input_boxes'] = weight.new_full((batch, 1, 4), 0.5)
            labels = torch.full((batch, 1), PADDED_BOX, device=weight.device)
            kwargs['input_boxes_labels'] = labels
        return args, kwargs

    detector.register_forward_pre_hook(hook, with_kwargs=True)


def clip_tokenizer(context: int) -> Tokenizer:
    """Return SAM 3's tokenizer: CLIP's vocabulary, id 0 for padding."""
    inner = ClipTokenizer(context)

    def tokenize(phrases: Sequence[str]) -> tuple[Tensor, Tensor]:
        ids = torch.from_numpy(inner.encode(phrases))
        return ids, (ids != PADDING_ID).long()

    return tokenize
