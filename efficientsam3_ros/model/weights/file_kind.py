"""Look at a file's first bytes and its size before any library opens it."""

from __future__ import annotations

from enum import Enum
import json
from pathlib import Path
import zipfile

from efficientsam3_ros.model.weights.errors import WeightsError

_ZIP = b'PK\x03\x04'
_LFS = b'version https://git-lfs'
AGAIN = 'Download it again, e.g. with "efficientsam3 download", which resumes and checks.'
_LARGEST_HEADER = 100_000_000


class Container(Enum):
    """How tensors are stored in a file."""

    TORCH_ZIP = 'torch zip'
    TORCH_PICKLE = 'torch pickle'
    SAFETENSORS = 'safetensors'


def inspect(path: Path) -> Container:
    """Tell a checkpoint's container without executing anything in it.

    Args:
        path: The file.

    Raises:
        WeightsError: If the file is missing, empty, cut off, damaged, or no checkpoint at all.
    """
    if path.is_dir():
        raise WeightsError(f'{path} is a folder; name the checkpoint file inside it.')
    if not path.is_file():
        raise WeightsError(f'{path} does not exist; check the path.')
    size = path.stat().st_size
    if size == 0:
        raise WeightsError(f'{path} is empty (0 bytes): its download failed. {AGAIN}')
    with path.open('rb') as file:
        start = file.read(512)
    _refuse_text(path, start)
    if start.startswith(_ZIP):
        _check_zip(path)
        return Container.TORCH_ZIP
    if _looks_like_safetensors(start):
        _check_safetensors(path, size)
        return Container.SAFETENSORS
    if start[:1] == b'\x80':
        return Container.TORCH_PICKLE
    raise WeightsError(
        f'{path} is no checkpoint: it is neither a torch file nor safetensors (it begins with '
        f'{start[:8]!r}). Name a .pt, .pth or .safetensors file.'
    )


def _refuse_text(path: Path, start: bytes) -> None:
    """Refuse what a failed download leaves behind."""
    if start.startswith(_LFS):
        raise WeightsError(
            f'{path} is a git-LFS pointer, not the weights themselves. Run "git lfs pull" in its '
            'repository, or "efficientsam3 download".'
        )
    if start.lstrip().lower().startswith((b'<!doctype', b'<html', b'<?xml', b'<head')):
        raise WeightsError(
            f'{path} is a web page, not a checkpoint: probably a login or error page was saved. '
            'Download the file itself, with an access token where the repository is gated '
            '("efficientsam3 download NAME --token ...").'
        )


def _check_zip(path: Path) -> None:
    """Refuse archives that are cut off, damaged, or hold something else.

    torch maps tensors without looking at their checksums, so a flipped bit would go unnoticed.
    """
    if not zipfile.is_zipfile(path):
        raise WeightsError(
            f'{path} is cut off after {path.stat().st_size} bytes (the end of its archive is '
            f'missing). {AGAIN}'
        )
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            _check_members(path, names)
            damaged = archive.testzip()
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise WeightsError(f'{path} is damaged ({error}). {AGAIN}') from error
    if damaged is not None:
        raise WeightsError(f'{path} is damaged: checksum of {damaged} is wrong. {AGAIN}')


def _check_members(path: Path, names: list[str]) -> None:
    if any('/code/' in name or name.endswith('constants.pkl') for name in names):
        raise WeightsError(
            f'{path} is a TorchScript program, not a checkpoint: it holds code. Use the file of '
            'tensors that it was made from.'
        )
    if not any(name.endswith('data.pkl') for name in names):
        raise WeightsError(
            f'{path} is a zip archive, but no torch checkpoint (no data.pkl inside). Unpack it '
            'and name the checkpoint file.'
        )


def _looks_like_safetensors(start: bytes) -> bool:
    length = int.from_bytes(start[:8], 'little')
    return len(start) > 8 and start[8:9] == b'{' and 2 <= length < _LARGEST_HEADER


def _check_safetensors(path: Path, size: int) -> None:
    with path.open('rb') as file:
        length = int.from_bytes(file.read(8), 'little')
        text = file.read(length)
    try:
        if len(text) < length:
            raise ValueError('its header is incomplete')
        header = json.loads(text)
        ends = [entry['data_offsets'][1] for name, entry in header.items() if name[:2] != '__']
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise WeightsError(f'{path} is damaged ({error}). {AGAIN}') from error
    expected = 8 + length + max(ends, default=0)
    if size < expected:
        raise WeightsError(f'{path} is cut off: {size} of {expected} bytes. {AGAIN}')
