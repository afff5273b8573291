"""Finds the topics and the truth of a bag."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.bags import BagReader, BagTopics
from efficientsam3_ros.bags.storage import SUFFIXES
from efficientsam3_ros.bags.topics import IMAGE, INSTANCE_ARRAY, find_topics
from efficientsam3_ros.datasets.bag.annotations import read_annotations
from efficientsam3_ros.datasets.bag.bag_sequence import BagSequence
from efficientsam3_ros.datasets.bag.bag_truth import (
    BagTruth,
    InstanceTopic,
    LabelTopic,
    read_labels,
)
from efficientsam3_ros.datasets.options import TruthOptions
from efficientsam3_ros.datasets.sequence import SequenceError


def open_bag(path: Path, topics: BagTopics, options: TruthOptions) -> BagSequence:
    """Look into a bag.

    Args:
        path: A rosbag2 folder or file.
        topics: Topics that shall not be guessed.
        options: About the truth.

    Raises:
        BagError: If it cannot be read, or a topic is missing or not clear.
        SequenceError: If the truth cannot be read.
    """
    file = options.annotations or _beside(path, 'truth')
    labels = options.labels or _beside(path, 'labels')
    with BagReader(path) as bag:
        found = find_topics(bag.topics, bag.image_topic, bag.shows_ids, topics)
        assert found.image is not None
        # A file that the user named comes first, then a topic, then a file beside the bag.
        truth: BagTruth | None
        if file is not None and (options.annotations or found.truth is None):
            truth = read_annotations(file)
        else:
            truth = _truth_topic(path, found.truth, bag.topics, labels)
        if options.labels and not isinstance(truth, LabelTopic):
            raise SequenceError(
                f'{options.labels} names the ids of a label image, and no such topic is the truth '
                f'of {path}; leave out --labels, or name the topic by --truth-topic.'
            )
        sequence = BagSequence(
            path=path,
            topics=found,
            options=options,
            truth_source=truth,
            truth_files=tuple(f for f in (file, labels) if f is not None),
            expected_frames=bag.count(found.image),
            name=_name(path),
        )
        sequence.note(*bag.notes)
    return sequence


def _name(path: Path) -> str:
    name = path.name.removesuffix('.zstd')
    return next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), name)


def _beside(path: Path, what: str) -> Path | None:
    stem = path.with_suffix('') if path.is_file() else path
    places = (stem.with_name(f'{stem.name}.{what}.json'), path / f'{what}.json')
    return next((p for p in places if p.is_file()), None)


def _truth_topic(
    path: Path, topic: str | None, kinds: dict[str, str], labels: Path | None
) -> BagTruth | None:
    if topic is None:
        return None
    if kinds[topic] == INSTANCE_ARRAY:
        return InstanceTopic(topic)
    if kinds[topic] == IMAGE:
        return LabelTopic(topic, phrases=read_labels(labels) if labels else {})
    raise SequenceError(
        f'{topic} of {path} is {kinds[topic]}; the truth is an InstanceArray or an Image of ids.'
    )
