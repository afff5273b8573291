"""SAM 3 as the teacher of videos, through transformers' ``Sam3VideoModel``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from training.teacher.loading import FrozenTeacher
from training.teacher.protocol import TeacherError, TeacherFrame


class Sam3VideoTeacher(FrozenTeacher):
    """Frozen SAM 3 video model, fed frame by frame; see :class:`FrozenTeacher`.

    transformers keeps every frame of a session, follows objects one by one, and needs its
    optional ``kernels`` package for mask suppression and hole filling: use it to label short
    clips, not to run live.
    """

    architecture = 'Sam3VideoModel'
    _session: Any = None

    def start(self, phrases: Sequence[str], height: int, width: int) -> None:
        """Open a new session.

        Args:
            phrases: What to follow, at least one.
            height: Rows of the video.
            width: Columns of the video.

        Raises:
            TeacherError: If there is no phrase.
        """
        from transformers.models.sam3_video.modeling_sam3_video import Sam3VideoInferenceSession

        if not phrases:
            raise TeacherError('Give at least one phrase to follow.')
        session = Sam3VideoInferenceSession(
            video_height=height,
            video_width=width,
            inference_device=self.device,
            inference_state_device=self.device,
            video_storage_device=self.device,
            dtype=self.dtype,
        )
        for phrase in phrases:
            number = session.add_prompt(phrase)
            ids, mask = self.tokens([phrase])
            session.prompt_input_ids[number] = ids
            session.prompt_attention_masks[number] = mask
        self._session = session

    def step(self, image: Tensor) -> TeacherFrame:
        """Take the next prepared frame (3, S, S).

        Raises:
            TeacherError: If no session was started.
        """
        session = self._session
        if session is None:
            raise TeacherError('Call start() with the phrases before the first frame.')
        found = self.model(inference_session=session, frame=image.to(self.device, self.dtype))
        ids = tuple(int(number) for number in found.object_ids)
        masks = [found.obj_id_to_mask[number][0] for number in ids]
        side = int(self.model.low_res_mask_size)
        return TeacherFrame(
            ids=ids,
            phrases=tuple(session.prompts[session.obj_id_to_prompt_id[n]] for n in ids),
            scores=tuple(float(found.obj_id_to_score[n]) for n in ids),
            mask_logits=torch.stack(masks) if masks else image.new_zeros(0, side, side),
        )
