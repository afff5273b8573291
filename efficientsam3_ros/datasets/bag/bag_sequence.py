"""A recorded bag as a sequence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from efficientsam3_ros.bags import BagReader, BagTopics
from efficientsam3_ros.bags.decoded_messages import UNFIT, read_frame
from efficientsam3_ros.bags.stamp_index import StampIndex
from efficientsam3_ros.bags.storage import data_files
from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.datasets.bag.bag_truth import BagTruth, Entry
from efficientsam3_ros.datasets.bag.pairing import pair
from efficientsam3_ros.datasets.masks import visible
from efficientsam3_ros.datasets.options import TruthOptions
from efficientsam3_ros.datasets.saco import phrase
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind, content_digest


@dataclass(eq=False)
class BagSequence:
    """Camera images of a bag with their truth, if it has one; see ``Sequence``.

    The bag is opened for each pass and closed behind it.

    Attributes:
        path: A rosbag2 folder or file.
        topics: All topics, none left to guess.
        options: About the truth.
        truth_source: Where the truth is, None without one.
        truth_files: Files that the truth is read from, beside the bag.
        expected_frames: Messages of the image topic.
        name: Of the bag.
    """

    path: Path
    topics: BagTopics
    options: TruthOptions
    truth_source: BagTruth | None
    truth_files: tuple[Path, ...]
    expected_frames: int
    name: str
    source = 'bag'
    _notes: dict[str, None] = field(default_factory=dict, repr=False)
    _index: StampIndex | None = field(default=None, repr=False)
    _seen: tuple[FrameResult, ...] | None = field(default=None, repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the data files, and of the files that tell the truth."""
        return content_digest([*data_files(self.path), *self.truth_files])

    @property
    def truth_kind(self) -> TruthKind:
        """NONE without a truth."""
        return self.truth_source.kind if self.truth_source else TruthKind.NONE

    @cached_property
    def concepts(self) -> tuple[str, ...]:
        """What the truth asks for, then what the user names in addition."""
        if self.truth_source is None or self.truth_kind is not TruthKind.CONCEPTS:
            return ()
        with BagReader(self.path) as bag:
            own = self.truth_source.concepts(bag)
        return tuple(dict.fromkeys([*own, *(phrase(c) for c in self.options.concepts)]))

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on damage, repairs and what does not pair."""
        own = self.truth_source.notes() if self.truth_source else ()
        return tuple(dict.fromkeys([*self._notes, *own]))

    def note(self, *texts: str) -> None:
        """Add sentences, each once."""
        self._notes.update(dict.fromkeys(texts))

    def frames(self) -> Iterator[Frame]:
        """Yield the images that can be read, by stamp.

        Raises:
            BagError: If the bag can no longer be opened.
            SequenceError: If there is none.
        """
        assert self.topics.image is not None
        damaged: Counter[str] = Counter()
        seen: list[FrameResult] = []
        with BagReader(self.path) as bag:
            if self._index is None:
                self._index = bag.index(self.topics.image)
            for stamp_ns, message in bag.ordered(self.topics.image, self._index):
                try:
                    frame = replace(read_frame(message), stamp_ns=stamp_ns)
                except UNFIT as error:
                    damaged[str(error)] += 1
                    continue
                seen.append(FrameResult(stamp_ns, frame.frame_id, frame.height, frame.width, 1))
                yield frame
            self.note(*bag.notes)
        for why, count in damaged.items():
            self.note(f'{count} images of {self.topics.image} are left out: {why}')
        self._seen = tuple(seen)
        if not seen:
            raise SequenceError(
                f'{self.path}: not one image of {self.topics.image} can be read. '
                f'{" ".join(self.notes)}'
            )

    def truth(self) -> Iterator[FrameResult | None]:
        """Yield the truth of each image that can be read."""
        if self._seen is None:
            # Only a decoder knows which images are damaged.
            for _ in self.frames():
                pass
        seen = self._seen or ()
        if self.truth_source is None:
            yield from (None for _ in seen)
            return
        with BagReader(self.path) as bag:
            yield from self._paired(bag, seen, self.truth_source)
            self.note(*bag.notes)

    def _paired(
        self, bag: BagReader, seen: tuple[FrameResult, ...], source: BagTruth
    ) -> Iterator[FrameResult | None]:
        assert self._index is not None
        # Places in a file count all images, the damaged ones too.
        stamps = source.stamps(bag, self._index.stamps_ns)
        pairing = pair(np.array([s.stamp_ns for s in seen]), stamps, self.options.tolerance_ns)
        for note in pairing.notes():
            self.note(note)
        damaged: Counter[str] = Counter()
        entries = source.entries(bag)
        entry: Entry | None = next(entries, None)
        for frame, partner in zip(seen, pairing.partners.tolist()):
            while partner >= 0 and entry is not None and entry[0] < partner:
                entry = next(entries, None)
            result = None
            if entry is not None and entry[0] == partner:
                try:
                    items = source.instances(entry[1], (frame.height, frame.width))
                    result = replace(frame, instances=visible(items))
                except UNFIT as error:
                    damaged[str(error)] += 1
            yield result
        for why, count in damaged.items():
            self.note(f'{count} entries of the truth are not used: {why}')
