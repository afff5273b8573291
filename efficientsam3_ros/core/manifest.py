"""What a bundle says of itself: a folder of exported graphs with ``manifest.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
import hashlib
import json
from pathlib import Path
from typing import Any

from efficientsam3_ros.core.errors.one_line import one_line, shown
from efficientsam3_ros.core.manifest_faults import manifest_fault
from efficientsam3_ros.core.memory_layout import MemoryLayout, memory_faults
from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.core.renames import FILES, renamed
from efficientsam3_ros.core.text.tokenizer import Tokenizer, WordTokenizer
from efficientsam3_ros.core.typed_fields import FieldError, read_fields
from efficientsam3_ros.core.writing.atomic import write_json

MANIFEST_NAME = 'manifest.json'
FORMAT_VERSION = 2
"""2: the detector's scores come without presence; ``presence_gate``, ``license``."""
LARGEST_MANIFEST = 16_000_000
REQUIRED_GRAPHS = ('image_encoder', 'text_encoder', 'detector')


class BundleError(ValueError):
    """A bundle that must not be used; the message names the file and the remedy."""


@dataclass(frozen=True)
class Graph:
    """One exported graph.

    Attributes:
        file: File name inside the bundle.
        sha256: Checksum of the file, hexadecimal.
        inputs: Input names in the order of the graph.
        outputs: Output names in the order of the graph.
    """

    file: str
    sha256: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """Description of a bundle.

    Attributes:
        name: Model name, e.g. ``'nano'``.
        preprocess: Image preparation that the weights were trained with.
        words: Vocabulary of the word tokenizer; empty with another one.
        context: Tokens of one phrase.
        width: Channels of prompt tokens and embeddings.
        threshold: Score from which a detection counts, 0..1, chosen on a validation split.
        license: SPDX expression of the weights.
        presence_gate: Presence from which scores are left alone, 0..1, chosen with ``threshold``;
            below it they shrink in proportion: score = match * min(1, presence / gate). 1
            multiplies by presence, as SAM 3 does; 0 leaves presence out.
        graphs: Graph name to graph; DESIGN names at least the image encoder, the text encoder
            and the detector.
        tokenizer_kind: ``words`` for a closed vocabulary, ``clip`` for CLIP's byte pairs.
        always_exemplar: Whether prompts of words alone, too, get the exemplar encoder's class
            token, which reads the image (SAM 3); it then runs once a frame.
        precision: Arithmetic of the weights: fp32, fp16, bf16 or int8.
        bounds: Largest size of each free axis (``prompts``, ``tokens``, ...) by its name.
        parity: Largest relative difference to torch that the export measured, by graph: in ONNX
            Runtime, and under ``graph@engine`` in another engine.
        memory: Sizes of the video memory; None in a bundle without ``track_step``.
        synonyms: Of the word tokenizer: phrase to the phrase in ``words`` that is read instead.
        format_version: Layout of this file.

    Raises:
        BundleError: If a field is out of range or contradicts another, or the video memory is
            incomplete; the message names the field.
    """

    name: str
    preprocess: Preprocess
    words: tuple[str, ...]
    context: int
    width: int
    threshold: float
    license: str
    presence_gate: float = 1.0
    graphs: Mapping[str, Graph] = field(default_factory=dict)
    tokenizer_kind: str = 'words'
    always_exemplar: bool = False
    precision: str = 'fp32'
    bounds: Mapping[str, int] = field(default_factory=dict)
    parity: Mapping[str, float] = field(default_factory=dict)
    memory: MemoryLayout | None = None
    synonyms: Mapping[str, str] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        fault = manifest_fault(self)
        if fault is None:
            ports = {name: (graph.inputs, graph.outputs) for name, graph in self.graphs.items()}
            fault = memory_faults(ports, self.memory, self.bounds.get('objects', 0))
        if fault is not None:
            raise BundleError(f'Bundle {shown(self.name)}: {fault}; export the bundle again.')

    def tokenizer(self) -> Tokenizer:
        """Return the tokenizer that the text encoder was trained with."""
        if self.tokenizer_kind == 'clip':
            # Its table of 49,000 entries is built only where a bundle asks for it.
            from efficientsam3_ros.core.text.clip_tokenizer import ClipTokenizer

            return ClipTokenizer(self.context)
        return WordTokenizer(self.words, self.context, self.synonyms)

    def save(self, folder: Path) -> None:
        """Write ``manifest.json`` into the folder."""
        data = asdict(self) | {'preprocess_digest': self.preprocess.digest()}
        write_json(folder / MANIFEST_NAME, data)

    @classmethod
    def load(cls, folder: Path, verify: bool = True) -> Manifest:
        """Read and check a bundle's manifest.

        Args:
            folder: The bundle.
            verify: Also compare every graph's checksum.

        Raises:
            BundleError: If a file is missing, damaged, of another format, or contradicts itself.
        """
        path = Path(folder) / MANIFEST_NAME
        if not path.is_file():
            raise BundleError(f'{folder} is no bundle: it holds no {MANIFEST_NAME}.')
        try:
            manifest = cls._parse(_read(path))
        except BundleError as error:
            raise BundleError(f'{path}: {one_line(error)}') from error
        except FieldError as error:
            raise BundleError(f'{path}: {error}; export the bundle again.') from error
        except (OSError, RecursionError, ValueError) as error:
            raise BundleError(
                f'{path} is damaged ({one_line(error)}); export the bundle again.'
            ) from error
        missing = [name for name in REQUIRED_GRAPHS if name not in manifest.graphs]
        if missing:
            raise BundleError(f'{path} lists no {", ".join(missing)}; export the bundle again.')
        for graph in manifest.graphs.values():
            _check_file(Path(folder) / graph.file, graph.sha256, verify)
        return manifest

    @classmethod
    def _parse(cls, data: Any) -> Manifest:
        if not isinstance(data, dict):
            raise BundleError('The manifest is no JSON object; export the bundle again.')
        if data.get('format_version') != FORMAT_VERSION:
            raise BundleError(
                f'The bundle has format_version {data.get("format_version")}, this version reads '
                f'{FORMAT_VERSION}; export the bundle again.'
            )
        if old := renamed(data, FILES):
            raise BundleError(f'In the manifest {old}; export the bundle again.')
        digest = data.pop('preprocess_digest', None)
        manifest = read_fields(cls, data)
        if digest != manifest.preprocess.digest():
            raise BundleError(
                'The preprocess settings were edited after the export (their hash differs); '
                'results would be wrong. Export the bundle again.'
            )
        return manifest


def _read(path: Path) -> Any:
    if path.stat().st_size > LARGEST_MANIFEST:
        raise BundleError(
            f'A manifest has at most {LARGEST_MANIFEST} bytes; copy the bundle again.'
        )
    # Windows editors put a mark before the text.
    return json.loads(path.read_text(encoding='utf-8-sig'))


def file_sha256(path: Path) -> str:
    """Return a file's SHA-256, hexadecimal, reading it in blocks."""
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _check_file(path: Path, sha256: str, verify: bool) -> None:
    if not path.is_file():
        raise BundleError(f'{path} is missing; copy or export the bundle again.')
    if verify and file_sha256(path) != sha256:
        raise BundleError(f'{path} does not match its checksum; copy or export it again.')
