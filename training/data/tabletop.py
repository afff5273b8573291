"""Rendered tabletop scenes as training batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

from efficientsam3_ros.core import Preprocess, WordTokenizer
from efficientsam3_ros.simulation import SceneObject
from efficientsam3_ros.simulation.vocabulary import phrases
from training.data.batch import Batch
from training.data.phrases import COLOR_NAMES, NOUNS, sample_phrases
from training.data.scene_file import SceneFile, read_scene
from training.data.sources.config import SourcesConfig
from training.data.views.augment import Augmentation
from training.data.views.measure import Shape, measure, row_of, stacked, table


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
class DataConfig:
    """Where batches come from and what they hold.

    Attributes:
        train: Folder of scene files to train on.
        validation: Folder of others.
        scenes: Scenes in one batch.
        views: Frames of each scene, which teach appearance across views.
        phrases: Phrases asked of each image.
        min_area: Smallest visible instance, as a share of the image.
        exemplars: Share of phrases that come with an exemplar box.
        pairs: Phrases such as "red mug" that every thing of a batch is told beside all nouns and
            colors, which only a student with ``prompt_similarity`` can be.
        augmentation: Random changes of the frames.
        sources: Where pictures come from, if not only from ``train``.
    """

    train: str = 'data/train'
    validation: str = 'data/val'
    scenes: int = 4
    views: int = 2
    phrases: int = 6
    min_area: float = 0.0008
    exemplars: float = 0.08
    pairs: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)
    sources: SourcesConfig = field(default_factory=SourcesConfig)


@dataclass(frozen=True)
class TabletopBatches(Dataset[Batch]):
    """Batch number i is a function of (seed, i) alone, so a resumed run continues exactly.

    Attributes:
        root: Folder of scene files.
        tokenizer: Words to ids.
        sizes: Of the input, ascending in ``until``; the last holds on.
        length: Number of batches.
        data: What they hold.
        seed: First half of each batch's seed.
    """

    root: Path
    tokenizer: WordTokenizer
    sizes: Sequence[InputSize]
    length: int
    data: DataConfig = field(default_factory=DataConfig)
    seed: int = 0
    files: list[Path] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        files = sorted(self.root.glob('scene_*.npz'))
        if len(files) < self.data.scenes:
            raise ValueError(
                f'{self.root} holds {len(files)} scenes, a batch needs {self.data.scenes}; render '
                'some with python -m training.data.tabletop_render.'
            )
        object.__setattr__(self, 'files', files)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Batch:
        cv2.setNumThreads(0)
        rng = np.random.default_rng((self.seed, index))
        size = next((s for s in self.sizes if index < s.until), self.sizes[-1])
        builder = _Builder(Preprocess(size.height, size.width), self.data, rng)
        picks = rng.choice(len(self.files), self.data.scenes, replace=False)
        for number, pick in enumerate(picks):
            builder.add_scene(read_scene(self.files[pick]), number)
        return builder.build(self.tokenizer)


class _Builder:
    """Collects the images of one batch."""

    def __init__(self, preprocess: Preprocess, data: DataConfig, rng: np.random.Generator) -> None:
        self.preprocess, self.data, self.rng = preprocess, data, rng
        self.images: list[np.ndarray] = []
        self.phrases: list[str] = []
        self.truth: list[list[int]] = []
        self.exemplar: list[int] = []
        self.shapes: list[Shape] = []
        self.numbers: list[tuple[int, int, int, int]] = []

    def add_scene(self, scene: SceneFile, number: int) -> None:
        data, size = self.data, (self.preprocess.height, self.preprocess.width)
        # Of what is patterned the file knows colours, too; here it is called by nouns only.
        known = ((o, phrases(o.noun, o.color)) for o in scene.objects)
        objects = {o.id: replace(o, phrases=p | o.phrases if o.color else p) for o, p in known}
        views = self.rng.choice(len(scene.rgb), min(data.views, len(scene.rgb)), replace=False)
        frames = [data.augmentation(scene.rgb[v], scene.ids[v], *size, self.rng) for v in views]
        seen = np.unique(np.concatenate([np.unique(ids) for _, ids in frames]))
        visible = [objects[i] for i in seen.tolist() if i in objects]
        asked = sample_phrases(list(objects.values()), visible, data.phrases, self.rng)
        for rgb, ids in frames:
            found = self._add_image(rgb, ids, objects, number)
            self._ask(asked, found)

    def _add_image(
        self, rgb: np.ndarray, ids: np.ndarray, objects: dict[int, SceneObject], scene: int
    ) -> dict[int, SceneObject]:
        """Take in an image and return its objects by their rows."""
        found: dict[int, SceneObject] = {}
        for identifier, area in zip(*np.unique(ids, return_counts=True)):
            item = objects.get(int(identifier))
            if item is not None and area >= self.data.min_area * ids.size:
                found[len(self.shapes)] = item
                names = row_of(NOUNS, item.noun), row_of(COLOR_NAMES, item.color)
                self.shapes.append(measure(ids == identifier))
                self.numbers.append((len(self.images), scene * 1000 + item.id, *names))
        self.images.append(self.preprocess(rgb))
        return found

    def _ask(self, asked: Sequence[str], found: Mapping[int, SceneObject]) -> None:
        """Ask phrases of the last image."""
        for phrase in asked:
            rows = [row for row, item in found.items() if phrase in item.phrases]
            self.phrases.append(phrase)
            self.truth.append(rows)
            given = rows and self.rng.random() < self.data.exemplars
            self.exemplar.append(int(self.rng.choice(rows)) if given else -1)

    def build(self, tokenizer: WordTokenizer) -> Batch:
        size = self.preprocess.height, self.preprocess.width
        masks, boxes, places = stacked(self.shapes, size)
        numbers = torch.tensor(self.numbers, dtype=torch.long).reshape(-1, 4)
        image_of, identity, noun, color = numbers.T.contiguous()
        return Batch(
            images=torch.from_numpy(np.concatenate(self.images)),
            token_ids=torch.from_numpy(tokenizer.encode(self.phrases)),
            masks=masks,
            boxes=boxes,
            places=places,
            image_of=image_of,
            identity=identity,
            noun=noun,
            color=color,
            positive=table(self.truth, len(self.shapes)),
            exemplar=torch.tensor(self.exemplar, dtype=torch.long),
            masked=torch.ones(len(masks), dtype=torch.bool),
            ignored=torch.zeros(len(self.phrases), max(1, size[0] // 8), max(1, size[1] // 8)),
            complete=torch.ones(len(self.images), dtype=torch.bool),
        )
