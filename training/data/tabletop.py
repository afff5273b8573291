"""Rendered tabletop scenes as training batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

from efficientsam3_ros.core import Preprocess, WordTokenizer
from training.data.augment import Augmentation
from training.data.batch import Batch
from training.data.phrases import COLOR_NAMES, NOUNS, Described, describe, sample_phrases
from training.data.scene_file import read_scene


@dataclass(frozen=True)
class InputSize:
    """Size of the network's input up to some step.

    Attributes:
        height: Rows.
        width: Columns.
        until: First batch of the next size.
    """

    height: int
    width: int
    until: int


@dataclass(frozen=True)
class Scene:
    """One rendered scene.

    Attributes:
        rgb: uint8 (F, H, W, 3).
        ids: Integer (F, H, W), 0 background.
        objects: Its objects by id.
    """

    rgb: np.ndarray
    ids: np.ndarray
    objects: dict[int, Described]

    @classmethod
    def load(cls, path: Path) -> Scene:
        """Read a scene file of ``training.data.tabletop_render``.

        Raises:
            ValueError: If the file is damaged, with the remedy.
        """
        file = read_scene(path)
        return cls(
            file.rgb, file.ids, {o.id: describe(o.id, o.noun, o.color) for o in file.objects}
        )


@dataclass(frozen=True)
class TabletopBatches(Dataset):
    """Batch number i is a function of (seed, i) alone, so a resumed run continues exactly.

    Attributes:
        root: Folder of scene files.
        tokenizer: Words to ids.
        sizes: Of the input, ascending in ``until``; the last holds on.
        scenes: Scenes in one batch.
        views: Frames of each scene, which teach appearance across views.
        phrases: Phrases asked of each image.
        min_area: Smallest visible instance, as a share of the image.
        exemplars: Share of phrases that come with an exemplar box.
        mean: Channel means of ``Preprocess``.
        std: Channel deviations of ``Preprocess``.
        length: Number of batches.
        seed: First half of each batch's seed.
    """

    root: Path
    tokenizer: WordTokenizer
    sizes: Sequence[InputSize]
    length: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    scenes: int = 4
    views: int = 2
    phrases: int = 6
    min_area: float = 0.0008
    exemplars: float = 0.08
    seed: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)
    files: list[Path] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        files = sorted(Path(self.root).glob('scene_*.npz'))
        if len(files) < self.scenes:
            raise ValueError(
                f'{self.root} holds {len(files)} scenes, a batch needs {self.scenes}; render some '
                'with python -m training.data.tabletop_render.'
            )
        object.__setattr__(self, 'files', files)

    def __len__(self) -> int:
        return self.length

    def size_at(self, index: int) -> tuple[int, int]:
        """Return the input (height, width) of a batch."""
        size = next((s for s in self.sizes if index < s.until), self.sizes[-1])
        return size.height, size.width

    def __getitem__(self, index: int) -> Batch:
        cv2.setNumThreads(0)
        rng = np.random.default_rng((self.seed, index))
        height, width = self.size_at(index)
        builder = _Builder(Preprocess(height, width, self.mean, self.std), self.min_area)
        for number, pick in enumerate(rng.choice(len(self.files), self.scenes, replace=False)):
            self._add_scene(builder, Scene.load(self.files[pick]), number, rng)
        return builder.build(self.tokenizer)

    def _add_scene(
        self, builder: _Builder, scene: Scene, number: int, rng: np.random.Generator
    ) -> None:
        views = rng.choice(len(scene.rgb), min(self.views, len(scene.rgb)), replace=False)
        size = (builder.preprocess.height, builder.preprocess.width)
        frames = [self.augmentation(scene.rgb[v], scene.ids[v], *size, rng) for v in views]
        seen = np.unique(np.concatenate([np.unique(ids) for _, ids in frames]))
        visible = [scene.objects[i] for i in seen.tolist() if i in scene.objects]
        phrases = sample_phrases(list(scene.objects.values()), visible, self.phrases, rng)
        for rgb, ids in frames:
            builder.add(rgb, ids, scene.objects, phrases, number, self.exemplars, rng)


class _Builder:
    """Collects the images of one batch."""

    def __init__(self, preprocess: Preprocess, min_area: float) -> None:
        self.preprocess = preprocess
        self.min_area = min_area
        self.images: list[np.ndarray] = []
        self.phrases: list[str] = []
        self.rows: list[tuple[np.ndarray, tuple[float, ...], tuple[float, float], int, int]] = []
        self.truth: list[list[int]] = []
        self.names: list[tuple[int, int]] = []
        self.exemplar: list[int] = []

    def add(
        self,
        rgb: np.ndarray,
        ids: np.ndarray,
        objects: dict[int, Described],
        phrases: list[str],
        scene: int,
        exemplars: float,
        rng: np.random.Generator,
    ) -> None:
        image = len(self.images)
        self.images.append(self.preprocess(rgb))
        found: list[tuple[int, Described]] = []
        for identifier, area in zip(*np.unique(ids, return_counts=True)):
            if int(identifier) in objects and area >= self.min_area * ids.size:
                item = objects[int(identifier)]
                found.append((len(self.rows), item))
                self.names.append((_row(NOUNS, item.noun), _row(COLOR_NAMES, item.color)))
                self.rows.append(
                    (*_measure(ids == identifier), image, scene * 1000 + int(identifier))
                )
        for phrase in phrases:
            rows = [row for row, item in found if phrase in item.phrases]
            self.phrases.append(phrase)
            self.truth.append(rows)
            given = rows and rng.random() < exemplars
            self.exemplar.append(int(rng.choice(rows)) if given else -1)

    def build(self, tokenizer: WordTokenizer) -> Batch:
        height, width = self.preprocess.height // 2, self.preprocess.width // 2
        masks = [row[0] for row in self.rows] or [np.zeros((0, height, width), np.float32)]
        positive = torch.zeros(len(self.phrases), len(self.rows), dtype=torch.bool)
        for phrase, rows in enumerate(self.truth):
            positive[phrase, rows] = True
        return Batch(
            images=torch.from_numpy(np.concatenate(self.images)),
            token_ids=torch.from_numpy(tokenizer.encode(self.phrases)),
            masks=torch.from_numpy(np.stack(masks) if self.rows else masks[0]),
            boxes=torch.tensor([row[1] for row in self.rows]).reshape(-1, 4),
            places=torch.tensor([row[2] for row in self.rows]).reshape(-1, 2),
            image_of=torch.tensor([row[3] for row in self.rows], dtype=torch.long),
            identity=torch.tensor([row[4] for row in self.rows], dtype=torch.long),
            noun=torch.tensor([noun for noun, _ in self.names], dtype=torch.long),
            color=torch.tensor([color for _, color in self.names], dtype=torch.long),
            positive=positive,
            exemplar=torch.tensor(self.exemplar, dtype=torch.long),
        )


def _row(names: tuple[str, ...], name: str | None) -> int:
    return names.index(name) if name in names else -1


def _measure(
    mask: np.ndarray,
) -> tuple[np.ndarray, tuple[float, ...], tuple[float, float]]:
    """Soft half-size mask, box and an inner place of a non-empty mask."""
    height, width = mask.shape
    soft = cv2.resize(
        mask.astype(np.float32), (width // 2, height // 2), interpolation=cv2.INTER_AREA
    )
    ys, xs = np.nonzero(mask)
    x0, x1, y0, y1 = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
    box = ((x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height)
    nearest = np.argmin((xs - xs.mean()) ** 2 + (ys - ys.mean()) ** 2)
    place = ((xs[nearest] + 0.5) / width, (ys[nearest] + 0.5) / height)
    return soft, tuple(map(float, box)), (float(place[0]), float(place[1]))
