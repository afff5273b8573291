"""Initial weights of encoder and memory: SAM 3's tracker, and runs of stage 1."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student
from training.concept.student import of_run
from training.data.clips.clip_batch import ClipBatch
from training.memory.transfer import initialize_from
from training.network.initial_weights import WeightError
from training.video.network import StudentVideo

_ENCODER, _MEMORY = 'image_encoder.', 'memory.'
_TRACKER = f'{_ENCODER}neck.tracker_layers.'


def take_base(
    network: StudentVideo, base: Student, tracker: VideoMemory, sample: ClipBatch
) -> None:
    """Take the tracker's levels and what fits of its memory; the encoder if it is the same.

    Args:
        network: To be filled.
        base: Converted weights, with the tracker's neck.
        tracker: SAM 3's.
        sample: A clip as the teacher sees it, on which a Perceiver learns where objects are.
    """
    own = base.state_dict()
    same = base.config.name == network.config.name
    taken = {k: v for k, v in own.items() if k.startswith(_ENCODER if same else _TRACKER)}
    network.load_state_dict({**network.state_dict(), **taken})
    initialize_from(network.memory, tracker, sample)


def take_run(network: StudentVideo, path: Path, preprocess: str) -> None:
    """Take the encoder of ``training.stage1`` or ``stage3``, or everything of a run of this.

    Args:
        network: To be filled; levels of a tracker that a run does not have stay as they are.
        path: ``best.pt``.
        preprocess: Digest of the preparation of images, which the run must share.

    Raises:
        WeightError: If the file is missing, damaged or of another student.
    """
    loaded = of_run(path, preprocess)
    found = {k: v for k, v in loaded.items() if k.startswith((_ENCODER, _MEMORY))}
    state: dict[str, Tensor] = network.state_dict()
    whole = any(key.startswith(_MEMORY) for key in found)
    needed = state if whole else {k for k in state if k.startswith(_ENCODER)}
    needed = {k for k in needed if whole or not k.startswith(_TRACKER)}
    wrong = sorted(needed ^ found.keys())
    wrong += [k for k in needed & found.keys() if state[k].shape != found[k].shape]
    if wrong:
        raise WeightError(
            f'{path} does not fit the student: {len(wrong)} weights are missing, unknown or of '
            f'another shape, e.g. {", ".join(wrong[:3])}.'
        )
    network.load_state_dict({**state, **found})
