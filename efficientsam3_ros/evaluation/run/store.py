"""Predictions on disk, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
import json
from pathlib import Path

from efficientsam3_ros.bags import BagError, BagReader, BagWriter
from efficientsam3_ros.bags.topics import INSTANCES_TOPIC
from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.core.writing.atomic import replacing, write_text
from efficientsam3_ros.evaluation.run.prediction import Prediction
from efficientsam3_ros.evaluation.sequence_result import SequenceTiming
from efficientsam3_ros.evaluation.typed_json import FormatError, from_data, to_data

LABELS_TOPIC = '/tracker/label_image'


@dataclass(frozen=True)
class _Record:
    """What stands beside the bag; written last, so that it proves the bag whole.

    Attributes:
        stamps_ns: Stamps of the source.
        processed: Whether each frame has a result in the bag.
        timing: Times of the run that made it.
        notes: What went wrong.
    """

    stamps_ns: tuple[int, ...]
    processed: tuple[bool, ...]
    timing: SequenceTiming
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Store:
    """Predictions by key: ``<key>.mcap`` (instances and label images) and ``<key>.json``.

    The bag opens beside its source: same stamps and frame ids. Several processes may use one
    folder.

    Attributes:
        folder: Where they lie; made when needed.
    """

    folder: Path

    def bag(self, key: str) -> Path:
        """Return where the results of a key lie; nothing lies there if no frame has any."""
        return self.folder / f'{key}.mcap'

    def save(self, key: str, prediction: Prediction) -> None:
        """Keep a prediction."""
        record = _Record(
            prediction.stamps_ns,
            tuple(result is not None for result in prediction.results),
            prediction.timing,
            prediction.notes,
        )
        self._record(key).unlink(missing_ok=True)
        self.bag(key).unlink(missing_ok=True)
        results = [result for result in prediction.results if result is not None]
        if results:
            with replacing(self.bag(key)) as part, BagWriter(part) as bag:
                for item in results:
                    bag.instances(INSTANCES_TOPIC, item)
                    labels = item.label_image()
                    bag.image(LABELS_TOPIC, labels, '16UC1', item.stamp_ns, item.frame_id)
        write_text(self._record(key), json.dumps(to_data(record)))

    def load(self, key: str) -> Prediction | None:
        """Return what is kept under a key; None if there is nothing or it is damaged."""
        with suppress(OSError, FormatError, BagError, ValueError):
            text = self._record(key).read_text(encoding='utf-8')
            record = from_data(_Record, json.loads(text), str(self._record(key)))
            results = self._results(key, record.processed)
            return Prediction(record.stamps_ns, results, record.timing, record.notes)
        return None

    def _results(self, key: str, processed: tuple[bool, ...]) -> tuple[FrameResult | None, ...]:
        found: list[FrameResult] = []
        if any(processed):
            with BagReader(self.bag(key)) as bag:
                found = list(bag.results(INSTANCES_TOPIC))
        if len(found) != sum(processed):
            raise FormatError(f'{self.bag(key)} is incomplete.')
        remaining: Iterator[FrameResult] = iter(found)
        return tuple(next(remaining) if good else None for good in processed)

    def _record(self, key: str) -> Path:
        return self.folder / f'{key}.json'
