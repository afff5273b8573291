"""A folder of converted weights: ``weights.safetensors`` and ``weights.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
import json
from pathlib import Path
from typing import Any

from torch import Tensor

from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.core.renames import FILES, renamed
from efficientsam3_ros.core.typed_fields import read_fields
from efficientsam3_ros.core.writing.atomic import filling, write_json
from efficientsam3_ros.model.registry import SAM3_SIZES, student_config
from efficientsam3_ros.model.sizes import StudentSizes
from efficientsam3_ros.model.student import StudentConfig, sam3_preprocess
from efficientsam3_ros.model.student_memory import student_memory
from efficientsam3_ros.model.text.mobileclip import TextName
from efficientsam3_ros.model.weights.conversion import Conversion, convert_tracker
from efficientsam3_ros.model.weights.errors import WeightsError
from efficientsam3_ros.model.weights.keys.parts import is_tracker

WEIGHTS_NAME = 'weights.safetensors'
INFO_NAME = 'weights.json'
FORMAT_VERSION = 1
INPUT_SIZE = 1008
"""Side in pixels of the images that all released students are made for."""
LICENSE = 'LicenseRef-SAM'
"""Class of licence: students are derived from SAM 3, whatever a model card says besides."""


@dataclass(frozen=True)
class StoredSource:
    """A file that weights came from."""

    name: str
    layout: str
    sha256: str


@dataclass(frozen=True)
class WeightsInfo:
    """What ``weights.json`` says.

    Attributes:
        variant: Student, e.g. ``es_ev_m``.
        neck: Always ``sam3`` for converted weights.
        text: Text encoder's short name.
        context: Tokens of a phrase.
        preprocess: How images must be prepared.
        sources: Where the weights came from, later files over earlier ones.
        sha256: Checksum of ``weights.safetensors``.
        license: Class of licence of the weights.
        tracker: Whether SAM 3's tracker lies in the file as well.
        sizes: Of what stands around the trunk; SAM 3's for converted weights.
    """

    variant: str
    neck: str
    text: TextName
    context: int
    preprocess: Preprocess
    sources: tuple[StoredSource, ...]
    sha256: str
    license: str
    tracker: bool
    sizes: StudentSizes = SAM3_SIZES


def save_converted(
    conversion: Conversion, folder: Path, keep_tracker: bool = False
) -> WeightsInfo:
    """Write a conversion.

    Args:
        conversion: What to write.
        folder: Receives the two files; made when missing.
        keep_tracker: Also store SAM 3's tracker under its own keys.

    Raises:
        WeightsError: If the tracker is wanted and no file held one, or not a whole one.
    """
    if keep_tracker:
        if not any(key.startswith('tracker.') for key in conversion.tracker):
            raise WeightsError(
                'There is no tracker to keep: no file holds "tracker." keys. Add a merged '
                'checkpoint or SAM 3 with --base, or leave --keep-tracker out.'
            )
        convert_tracker(conversion.tracker, student_memory(conversion.config, 'dense'))
    tensors = dict(conversion.state) | (dict(conversion.tracker) if keep_tracker else {})
    info = WeightsInfo(
        variant=conversion.config.name,
        neck=conversion.config.neck,
        text=conversion.text,
        context=conversion.config.context,
        preprocess=sam3_preprocess(INPUT_SIZE),
        sources=tuple(
            StoredSource(source.name, source.layout.value, source.checkpoint.sha256)
            for source in conversion.report.sources
        ),
        sha256='',
        license=LICENSE,
        tracker=keep_tracker,
    )
    return write_weights(tensors, info, folder)


def write_weights(tensors: Mapping[str, Tensor], info: WeightsInfo, folder: Path) -> WeightsInfo:
    """Write a student's weights with what is to be said of them.

    Args:
        tensors: The whole state, and a tracker if it is kept: SAM 3's under its own keys, or one
            of :func:`tracker_state`.
        info: Its checksum is filled in.
        folder: Receives the two files; made when missing.

    Returns:
        What ``weights.json`` says.
    """
    from safetensors.torch import save_file

    with filling(folder) as part:
        path = part / WEIGHTS_NAME
        # Views into the files overlap in memory; the format wants each tensor by itself.
        save_file({key: tensor.clone() for key, tensor in tensors.items()}, path)
        info = replace(info, sha256=file_sha256(path))
        data = asdict(info) | {
            'preprocess_digest': info.preprocess.digest(),
            'format_version': FORMAT_VERSION,
        }
        if info.sizes == SAM3_SIZES:
            del data['sizes']
        write_json(part / INFO_NAME, data)
    return info


def read_info(folder: Path) -> WeightsInfo:
    """Read and check what a folder says of its weights.

    Raises:
        WeightsError: If the folder holds none, is of another format, or contradicts itself.
    """
    path = Path(folder) / INFO_NAME
    if not path.is_file():
        raise WeightsError(
            f'{folder} holds no {INFO_NAME}. Make it with "efficientsam3 convert FILE --out '
            f'{folder}" or "efficientsam3 download".'
        )
    try:
        info = _parse(json.loads(path.read_text()))
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, WeightsError):
            raise
        raise WeightsError(f'{path} is damaged ({error}); convert the weights again.') from error
    expected = sam3_preprocess(info.preprocess.height)
    # Folders from before there was a choice name no way to resize.
    if replace(info.preprocess, resize=expected.resize) != expected:
        raise WeightsError(
            f'{path} asks for another image preparation ({info.preprocess}) than the students '
            f'are made for ({expected}); results would be wrong. Convert the weights again.'
        )
    return info


def load_converted(
    folder: Path, size: int = INPUT_SIZE
) -> tuple[StudentConfig, dict[str, Tensor], dict[str, Tensor]]:
    """Read converted weights for an export.

    Args:
        folder: Holds what :func:`save_converted` wrote.
        size: Side of the square input image; the weights fit every size.

    Returns:
        The student, its whole state, and the tracker as it was written, empty if it was not kept.

    Raises:
        WeightsError: If a file is missing, damaged, or does not fit what the folder says.
    """
    from safetensors.torch import load_file

    info = read_info(folder)
    path = Path(folder) / WEIGHTS_NAME
    if not path.is_file():
        raise WeightsError(f'{path} is missing; convert the weights again.')
    if file_sha256(path) != info.sha256:
        raise WeightsError(f'{path} does not match its checksum; convert the weights again.')
    config = student_config(
        info.variant, text=info.text, size=size, context=info.context, sizes=info.sizes
    )
    tensors = load_file(path)
    tracker = {key: tensors.pop(key) for key in list(tensors) if is_tracker(key)}
    return config, tensors, tracker


def _parse(data: Mapping[str, Any]) -> WeightsInfo:
    values = dict(data)
    version = values.pop('format_version')
    if version != FORMAT_VERSION:
        raise WeightsError(
            f'The weights have format {version}, this version reads {FORMAT_VERSION}; convert '
            'them again.'
        )
    if old := renamed(values, FILES):
        raise WeightsError(f'In {INFO_NAME} {old}; convert the weights again.')
    digest = values.pop('preprocess_digest')
    preprocess = Preprocess(**values.pop('preprocess'))
    if digest != preprocess.digest():
        raise WeightsError(
            'The preprocess settings were edited after the conversion (their hash differs); '
            'results would be wrong. Convert the weights again.'
        )
    sources = tuple(StoredSource(**entry) for entry in values.pop('sources'))
    sizes = read_fields(StudentSizes, values.pop('sizes', {}), 'sizes')
    return WeightsInfo(preprocess=preprocess, sources=sources, sizes=sizes, **values)
