"""Opens the sources that a configuration names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from efficientsam3_ros.simulation.packs.textured_words import WORDS as SCANS
from efficientsam3_ros.simulation.prints.catalogue import KINDS
from efficientsam3_ros.simulation.vocabulary import CLEAN_NOUNS, Noun
from training.data.pseudo_labels import read_labels
from training.data.sources.coco_names import HOUSEHOLD, WORKSHOP
from training.data.sources.config import (
    PastedConfig,
    ScenesConfig,
    SourcesConfig,
    StillsConfig,
    UnlabeledConfig,
)
from training.data.sources.ground import Grounds
from training.data.sources.pasted import PastedSource
from training.data.sources.scenes import SceneSource, nouns_of
from training.data.sources.source import Part, Source
from training.data.sources.stills import StillSource
from training.data.sources.unlabeled import UnlabeledSource
from training.data.views.framing import Framing
from training.data.vocabulary import Vocabulary

PACK_NOUNS: dict[str, tuple[Noun, ...]] = {
    'clean': CLEAN_NOUNS,
    'printed': tuple(kind.noun for kind in KINDS),
    'textured': tuple(words.noun for words in SCANS.values()),
}
PHOTO_FRAMING = Framing(least=0.4)
"""Photographs show more of the room than a robot's camera over a table."""


@dataclass(frozen=True)
class OpenSource:
    """A source and its share.

    Attributes:
        name: In the configuration.
        source: The source.
        share: Relative to the others.
    """

    name: str
    source: Source
    share: float


def open_sources(
    config: SourcesConfig, vocabulary: Vocabulary, validation: bool = False
) -> list[OpenSource]:
    """Open what a configuration names; what has no share is left alone.

    Args:
        config: The settings.
        vocabulary: Of the run.
        validation: Open the held-out parts instead; a source without one is left out.

    Raises:
        ValueError: If a folder is missing or holds nothing.
    """
    part = Part(validation)
    found: list[OpenSource] = []
    for name, share in config.shares().items():
        source = _opened(name, config, vocabulary, part)
        if source is not None:
            found.append(OpenSource(name, source, share))
    if not found:
        what = 'pictures that are held out for validation' if validation else 'a share'
        raise ValueError(f'No source has {what}; give data.sources.coco.share=1, for example.')
    return found


def _opened(name: str, config: SourcesConfig, vocabulary: Vocabulary, part: Part) -> Source | None:
    settings = vars(config)[name]
    if isinstance(settings, ScenesConfig):
        folder = settings.validation if part.validation else settings.train
        names = [each for noun in PACK_NOUNS[name] for each in (noun.name, *noun.also)]
        return (
            SceneSource(Path(folder), vocabulary, nouns_of(names, vocabulary)) if folder else None
        )
    if isinstance(settings, StillsConfig):
        rare = WORKSHOP if name == 'coco' else HOUSEHOLD
        joined = 0.0 if part.validation else settings.mosaic
        return StillSource(Path(settings.root), vocabulary, rare, part, PHOTO_FRAMING, joined)
    if isinstance(settings, UnlabeledConfig):
        files = Path(settings.root), Path(settings.labels)
        return UnlabeledSource(*files, vocabulary, WORKSHOP, part, PHOTO_FRAMING)
    if isinstance(settings, PastedConfig):
        return None if part.validation else _pasted(settings, vocabulary)
    raise ValueError(f'There is no source {name}.')


def _pasted(settings: PastedConfig, vocabulary: Vocabulary) -> PastedSource:
    grounds = Grounds()
    if settings.backgrounds:
        grounds = Grounds(Path(settings.backgrounds), read_labels(Path(settings.labels)))
    return PastedSource(Path(settings.cutouts), vocabulary, grounds, settings.most)
