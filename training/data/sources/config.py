"""Settings of the sources of a mixture."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ScenesConfig:
    """Rendered scenes.

    Attributes:
        train: Folder of scene files to train on.
        validation: Folder of others.
        share: Of the batches' pictures, relative to the other sources; 0 leaves them out.
    """

    train: str = ''
    validation: str = ''
    share: float = 0.0


@dataclass(frozen=True)
class StillsConfig:
    """Photographs with masks in COCO's form.

    Attributes:
        root: Folder with ``images`` and ``instances_train.json``.
        share: As in ``ScenesConfig``.
        mosaic: How often four of them are joined to one picture, 0..1.
    """

    root: str = ''
    share: float = 0.0
    mosaic: float = 0.0


@dataclass(frozen=True)
class PastedConfig:
    """Cut-outs pasted on backgrounds.

    Attributes:
        cutouts: Folder written by ``training.data.cutouts``.
        backgrounds: Folder of photographs; empty for drawn surfaces alone.
        labels: File written by ``training.data.pseudo_labels``: where it finds nothing, a
            photograph is taken as empty.
        share: As in ``ScenesConfig``.
        most: Largest number of cut-outs on one picture.
    """

    cutouts: str = ''
    backgrounds: str = ''
    labels: str = ''
    share: float = 0.0
    most: int = 12


@dataclass(frozen=True)
class UnlabeledConfig:
    """Photographs with boxes that another detector found.

    Attributes:
        root: Folder of the photographs.
        labels: File written by ``training.data.pseudo_labels``.
        share: As in ``ScenesConfig``.
    """

    root: str = ''
    labels: str = ''
    share: float = 0.0


@dataclass(frozen=True)
class SourcesConfig:
    """All sources; those with a share are mixed."""

    clean: ScenesConfig = field(default_factory=ScenesConfig)
    printed: ScenesConfig = field(default_factory=ScenesConfig)
    textured: ScenesConfig = field(default_factory=ScenesConfig)
    coco: StillsConfig = field(default_factory=StillsConfig)
    tools: StillsConfig = field(default_factory=StillsConfig)
    pasted: PastedConfig = field(default_factory=PastedConfig)
    unlabeled: UnlabeledConfig = field(default_factory=UnlabeledConfig)

    def shares(self) -> dict[str, float]:
        """Return the shares of the sources that are used, by their names."""
        return {name: item.share for name, item in vars(self).items() if item.share > 0}

    def paths(self) -> tuple[str, ...]:
        """Return the files and folders that are read."""
        used = (vars(self)[name] for name in self.shares())
        return tuple(
            value
            for item in used
            for value in vars(item).values()
            if isinstance(value, str) and value
        )
