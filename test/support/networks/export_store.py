"""Exported networks on disk: made once for each state of the code that makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
import fcntl
from functools import cache
import gc
import hashlib
from importlib.metadata import PackageNotFoundError, version
import json
import os
from pathlib import Path
import platform
import shutil
import time
from typing import Any

LIBRARIES = ('torch', 'timm', 'onnx', 'onnxscript', 'onnxslim', 'onnxruntime')
_CHECKSUMS = 'checksums.json'
_KEPT_KEYS = 2
# A run with other sources may still be reading.
_SPARED_SECONDS = 3600


class ExportStore:
    """Folders by name, shared by processes and kept for later runs.

    Args:
        folder: Where the store lies; made when missing.
        key: What its contents depend on; see ``digest``. Contents under other keys are removed
            in the end.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._root, self._folder = folder, folder / key

    def get(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return a folder that is not to be written to, and fill it if it is not whole.

        Args:
            name: Name of the folder.
            make: Writes the contents into an empty folder, files only.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        found = self._folder / name
        with _locked(self._folder / f'{name}.lock'):
            if not _is_whole(found):
                shutil.rmtree(found, ignore_errors=True)
                begun = self._folder / f'{name}.begun'
                shutil.rmtree(begun, ignore_errors=True)
                begun.mkdir()
                with _uncollected():
                    make(begun)
                (begun / _CHECKSUMS).write_text(json.dumps(_checksums(begun)))
                begun.rename(found)
        os.utime(self._folder)
        self._prune()
        return found

    def _prune(self) -> None:
        """Remove all but the keys that were used last."""
        used = {path: path.stat().st_mtime for path in self._root.iterdir() if path.is_dir()}
        for path in sorted(used, key=used.__getitem__, reverse=True)[_KEPT_KEYS:]:
            if time.time() - used[path] > _SPARED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def digest(sources: Iterable[Path]) -> str:
    """Return a key of files, folders of Python files, and versions of the exporting libraries."""
    found = hashlib.sha256(f'{platform.machine()} {platform.python_version()}'.encode())
    for name in LIBRARIES:
        found.update(f'{name} {_version(name)}'.encode())
    for source in sources:
        for path in sorted(source.rglob('*.py')) if source.is_dir() else [source]:
            found.update(str(path.relative_to(source.parent)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


def reuse_operator_table() -> None:
    """Let torch's exporter make its table of operators once; each graph takes a second for it."""
    with suppress(ImportError, AttributeError):
        from torch.onnx._internal.exporter._registration import ONNXRegistry

        ONNXRegistry.from_torchlib = staticmethod(cache(ONNXRegistry.from_torchlib))
    with suppress(ImportError, AttributeError):
        from torch.onnx._internal.exporter import _decomp

        # Of those that ONNX has no form for, made of the one above; torch takes some out of it.
        made = cache(
            lambda known, make=_decomp.create_onnx_friendly_decomposition_table: make(known)
        )
        _decomp.create_onnx_friendly_decomposition_table = lambda known: {**made(frozenset(known))}


def refuse_other_operators_early() -> None:
    """Let the optimizer compare a node only with the patterns that end in its operator.

    It finds the same as before: a pattern's operator is what it would have looked at first.
    """
    with suppress(ImportError, AttributeError):
        from onnxscript.rewriter._basics import MatchResult
        from onnxscript.rewriter._matcher import SimplePatternMatcher

        match, none = SimplePatternMatcher.match, MatchResult().fail('another operator')

        def matched(self: Any, model: Any, graph: Any, node: Any, **options: Any) -> Any:
            if not self.pattern.output_nodes[0].op.matches(node.op_type):
                return none
            return match(self, model, graph, node, **options)

        SimplePatternMatcher.match = matched


def skip_type_promotion() -> None:
    """Leave out the exporter's search for operands of different types, a quarter of its time.

    Ours are all of one type. Where a network had others, its graph would be refused or differ.
    """
    with suppress(ImportError, AttributeError):
        from torch.onnx._internal.exporter import _fx_passes

        _fx_passes.insert_type_promotion_nodes = lambda graph_module: None


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ''


def _is_whole(folder: Path) -> bool:
    try:
        wanted = json.loads((folder / _CHECKSUMS).read_text())
    except (OSError, ValueError):
        return False
    return bool(wanted == _checksums(folder))


def _checksums(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.iterdir()) if path.name != _CHECKSUMS)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Spare an exporter, which makes many objects, the search for garbage: 7% of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open('a') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
