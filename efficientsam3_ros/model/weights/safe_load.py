"""Read a checkpoint without running anything that it contains."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
import pickle
import re
from typing import Any
import warnings

import torch
from torch import Tensor

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.model.weights.errors import WeightsError
from efficientsam3_ros.model.weights.file_kind import AGAIN, Container, inspect

_WRAPPERS = ('model', 'state_dict')
_PREFIXES = ('module.', '_orig_mod.')
# Trainers store their command line; a Namespace is a plain bag of values and runs no code.
_HARMLESS: list[Any] = [argparse.Namespace]
_GLOBAL = re.compile(r'(?:GLOBAL|class|instance of|find)\s+[`"\'<]*([\w.]+\.[\w.]+)')


@dataclass(frozen=True)
class Checkpoint:
    """Tensors of one file.

    Attributes:
        path: Where it was read.
        sha256: Checksum of the file, hexadecimal.
        tensors: Key to tensor, wrappers and prefixes of parallel training removed.
        meta: The plain values under ``meta``, if any.
        extras: Names of the other entries, e.g. an optimiser's state.
    """

    path: Path
    sha256: str
    tensors: Mapping[str, Tensor]
    meta: Mapping[str, Any]
    extras: tuple[str, ...]


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a ``.pt``, ``.pth`` or ``.safetensors`` file.

    Tensors are mapped from the file where its container allows it. Nothing is executed: torch
    reads with ``weights_only``, and safetensors knows no code.

    Args:
        path: The file.

    Raises:
        WeightsError: If the file is missing, damaged, carries code, or holds no tensors.
    """
    container = inspect(path)
    if container is Container.SAFETENSORS:
        content = _read_safetensors(path)
    else:
        content = _read_torch(path, container)
    tensors, extras = _unwrap(path, content)
    meta = content.get('meta') if isinstance(content, Mapping) else None
    return Checkpoint(
        path=path,
        sha256=file_sha256(path),
        tensors=tensors,
        meta=dict(meta) if isinstance(meta, Mapping) else {},
        extras=extras,
    )


def _read_torch(path: Path, container: Container) -> Any:
    try:
        with torch.serialization.safe_globals(_HARMLESS), warnings.catch_warnings():
            # Old files make torch warn of its own storage classes.
            warnings.simplefilter('ignore')
            return torch.load(
                path,
                map_location='cpu',
                weights_only=True,
                mmap=container is Container.TORCH_ZIP,
            )
    except pickle.UnpicklingError as error:
        raise _unpickling_error(path, error) from error
    except (EOFError, RuntimeError, OSError, ValueError, KeyError, IndexError) as error:
        raise WeightsError(
            f'{path} is cut off or damaged ({_first_sentence(error)}). {AGAIN}'
        ) from error


def _unpickling_error(path: Path, error: pickle.UnpicklingError) -> WeightsError:
    """Tell a program inside a file from bytes that are no pickle."""
    found = _GLOBAL.search(str(error))
    if found is None and 'nsupported' not in str(error):
        return WeightsError(
            f'{path} is damaged or no torch checkpoint ({_first_sentence(error)}). Download it '
            'again.'
        )
    what = f' ({found.group(1)})' if found else ''
    return WeightsError(
        f'{path} holds Python objects besides tensors{what} and was not loaded, because loading '
        'such a file can run any program. Get it from its publisher as safetensors; if you made '
        'it yourself, save only its tensors: torch.save(model.state_dict(), "weights.pt").'
    )


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return dict(load_file(path, device='cpu'))
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(f'{path} is damaged ({error}). Download it again.') from error


def _unwrap(path: Path, content: Any) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Find the tensors: flat, or under ``model`` or ``state_dict``."""
    if not isinstance(content, Mapping):
        raise WeightsError(
            f'{path} holds a {type(content).__name__}, not a dictionary of tensors; it is no '
            'checkpoint of a network.'
        )
    inner: Mapping[Any, Any] = content
    outer: list[str] = []
    while wrapper := next((w for w in _WRAPPERS if isinstance(inner.get(w), Mapping)), None):
        outer += [str(name) for name in inner if name not in (wrapper, 'meta')]
        inner = inner[wrapper]
    tensors = {_bare(str(k)): v for k, v in inner.items() if isinstance(v, Tensor)}
    if not tensors:
        raise WeightsError(
            f'{path} holds no tensors; its entries are: {", ".join(map(str, content)) or "none"}. '
            'Name the file with the weights.'
        )
    others = [str(k) for k, v in inner.items() if not isinstance(v, Tensor) and k != 'meta']
    return tensors, tuple(sorted({*outer, *others}))


def _bare(key: str) -> str:
    while prefix := next((p for p in _PREFIXES if key.startswith(p)), None):
        key = key.removeprefix(prefix)
    return key


def _first_sentence(error: Exception) -> str:
    return one_line(error).split('. ')[0][:160]
