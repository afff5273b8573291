"""What a manifest may not say, though each entry is of the right kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.core.text.wording import split_words

TOKENIZERS = ('words', 'clip')
PRECISIONS = ('fp32', 'fp16', 'bf16', 'int8')
LONGEST_NAME = 200
LARGEST_CONTEXT = 4096
LARGEST_WIDTH = 65_536
LARGEST_BOUND = 1_000_000


def manifest_fault(manifest: Any) -> str | None:
    """Return a clause on the first field that is out of range, which it names; None if all fit.

    Args:
        manifest: A ``core.Manifest``, which calls this.
    """
    return next(_faults(manifest), None)


def _faults(manifest: Any) -> Iterator[str]:
    name = manifest.name
    if not (name.strip() and len(name) <= LONGEST_NAME and name.isprintable()):
        yield f'name is {shown(name)}, it has 1 to {LONGEST_NAME} printable characters'
    if manifest.tokenizer_kind not in TOKENIZERS:
        yield (
            f'tokenizer_kind is {shown(manifest.tokenizer_kind)}, this version knows '
            f'{", ".join(TOKENIZERS)}; update the package'
        )
    if manifest.precision not in PRECISIONS:
        yield f'precision is {shown(manifest.precision)}, one of {", ".join(PRECISIONS)}'
    yield from _number_faults(manifest)
    yield from _word_faults(manifest.words)
    yield from _synonym_faults(manifest.words, manifest.synonyms)
    for graph_name, graph in manifest.graphs.items():
        yield from _graph_faults(graph_name, graph)
    graphs = manifest.graphs
    if manifest.always_exemplar and graphs and 'exemplar_encoder' not in graphs:
        yield 'always_exemplar is true, but there is no graph exemplar_encoder'


def _number_faults(manifest: Any) -> Iterator[str]:
    for field in ('threshold', 'presence_gate'):
        if not 0 <= getattr(manifest, field) <= 1:
            yield f'{field} is {getattr(manifest, field)}, it lies in 0..1; calibrate'
    sizes: Mapping[str, tuple[int, int]] = {
        'context': (manifest.context, LARGEST_CONTEXT),
        'width': (manifest.width, LARGEST_WIDTH),
        **{f'bounds.{axis}': (size, LARGEST_BOUND) for axis, size in manifest.bounds.items()},
    }
    for field, (size, largest) in sizes.items():
        if not 1 <= size <= largest:
            yield f'{field} is {size}, it lies in 1..{largest}'
    for graph, difference in manifest.parity.items():
        if not difference >= 0:
            yield f'parity.{graph} is {difference}, it is a difference of 0 or more'


def _word_faults(words: tuple[str, ...]) -> Iterator[str]:
    if empty := [word for word in words if not word.strip() or len(word) > LONGEST_NAME]:
        yield f'words holds {shown(empty[0])}, which is no word'
    if len(set(words)) != len(words):
        yield f'words holds {shown(Counter(words).most_common(1)[0][0])} twice'


def _synonym_faults(words: tuple[str, ...], synonyms: Mapping[str, str]) -> Iterator[str]:
    known = set(words)
    for phrase, instead in synonyms.items():
        said, read = split_words(phrase), split_words(instead)
        if phrase != ' '.join(said) or not said or len(phrase) > LONGEST_NAME:
            yield f'synonyms holds {shown(phrase)}, which is no phrase in lower-case words'
        elif not read or not known.issuperset(read) or len(instead) > LONGEST_NAME:
            yield f'synonyms.{phrase} is {shown(instead)}, which is no phrase of its words'


def _graph_faults(name: str, graph: Any) -> Iterator[str]:
    file = PurePosixPath(graph.file)
    outside = file.is_absolute() or '..' in file.parts or '\\' in graph.file
    if outside or not graph.file.strip('/. ') or not graph.file.isprintable():
        yield f'graphs.{name}.file is {shown(graph.file)}, which is no file inside the bundle'
    for field, ports in (('inputs', graph.inputs), ('outputs', graph.outputs)):
        if not ports or not all(ports) or len(set(ports)) != len(ports):
            yield f'graphs.{name}.{field} is {shown(ports)}, a list of different names'
