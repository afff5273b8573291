"""Recognises what lies at a path."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.bags import BagError, BagTopics
from efficientsam3_ros.bags.bag_folders import bags_at
from efficientsam3_ros.core.writing.result_marker import is_result_folder
from efficientsam3_ros.datasets.bag.bag_sequence import BagSequence
from efficientsam3_ros.datasets.bag.open_bag import open_bag
from efficientsam3_ros.datasets.davis import find_davis
from efficientsam3_ros.datasets.masks import read_json
from efficientsam3_ros.datasets.options import TruthOptions
from efficientsam3_ros.datasets.saco import find_veval, is_veval
from efficientsam3_ros.datasets.sav import find_sav
from efficientsam3_ros.datasets.sav_train import find_sav_train
from efficientsam3_ros.datasets.sequence import BrokenSequence, Sequence, SequenceError
from efficientsam3_ros.datasets.stills.as_sequence import as_sequences
from efficientsam3_ros.datasets.stills.find import find_stills
from efficientsam3_ros.datasets.unlabeled import UnlabeledMedia
from efficientsam3_ros.media.frame_source import SourceError

_LOOKED_FOR = (
    'a rosbag2 folder or file (.mcap, .db3), a ROS 1 .bag, a folder of bags, DAVIS, MOSE, '
    'YouTube-VOS or LVOS (JPEGImages beside Annotations), SA-V (JPEGImages_24fps beside '
    "Annotations_6fps, or *_manual.json), a VEval JSON file, pictures in COCO's form "
    '(instances_*.json beside images), '
    'LVIS (lvis_*.json), SA-Co Gold or Silver (gold_*.json, silver_*.json), shards of training, '
    'RGB-D scenes (NAME_rgb.jpg beside NAME_inst.png), or, with --concepts, a folder of pictures '
    'or a video'
)


def open_sequences(
    path: Path | str,
    topics: BagTopics | None = None,
    options: TruthOptions | None = None,
) -> list[Sequence]:
    """Return the sequences at a path, by name.

    One that cannot be read among several stands in the list as a ``BrokenSequence``, which
    raises its reason when it is used, so that the others can be evaluated.

    Args:
        path: A bag (folder, .mcap, .db3, .bag, also .zstd), a folder of bags, or a data set:
            DAVIS, MOSE, YouTube-VOS, LVOS, SA-V (val, test, train) or a SA-Co VEval JSON file with
            its pictures; or labelled pictures (see ``find_stills``), each a sequence of one
            frame; or pictures or a video without truth. Folders with results of this program
            are passed over.
        topics: Topics of bags that shall not be guessed.
        options: About the ground truth.

    Raises:
        SequenceError: If nothing is recognised, or what belongs to a bag is named for something
            else.
        BagError: If the path is one bag that cannot be read.
    """
    path, topics, options = Path(path), topics or BagTopics(), options or TruthOptions()
    if not path.exists():
        raise SequenceError(f'{path} does not exist; give {_LOOKED_FOR}.')
    if is_result_folder(path):
        raise SequenceError(
            f'{path} holds results of an earlier run; give the recording that they are of.'
        )
    found = _bags(path, topics, options)
    if not found:
        _refuse_for_bags(path, topics, options)
        found = _data_set(path, options) or _unlabeled(path)
    return _named_apart(sorted(found, key=lambda sequence: sequence.name))


def _named_apart(found: list[Sequence]) -> list[Sequence]:
    """Number those that share a name, such as a file and a folder."""
    taken: set[str] = set()
    for sequence in found:
        name, number = sequence.name, 2
        while sequence.name in taken and isinstance(sequence, BagSequence):
            sequence.name, number = f'{name}-{number}', number + 1
        taken.add(sequence.name)
    return found


def _bags(path: Path, topics: BagTopics, options: TruthOptions) -> list[Sequence]:
    bags = bags_at(path)
    if len(bags) > 1 and options.annotations:
        raise SequenceError(
            f'{options.annotations} is the truth of one bag, {path} holds {len(bags)}; give '
            'one of them, or put each truth beside its bag as NAME.truth.json.'
        )
    if len(bags) <= 1:
        return [open_bag(bag, topics, options) for bag in bags]
    found: list[Sequence] = []
    for bag in bags:
        try:
            found.append(open_bag(bag, topics, options))
        except (BagError, SequenceError) as error:
            found.append(BrokenSequence(bag.name, 'bag', str(error)))
    return found


def _refuse_for_bags(path: Path, topics: BagTopics, options: TruthOptions) -> None:
    """Refuse what would not be read where there is no bag."""
    named = {
        '--image-topic': topics.image,
        '--truth-topic': topics.truth,
        '--annotations': options.annotations,
        '--labels': options.labels,
    }
    if given := [option for option, value in named.items() if value]:
        raise SequenceError(f'{path} is no bag; leave out {", ".join(given)}.')


def _data_set(path: Path, options: TruthOptions) -> list[Sequence]:
    if path.is_file() and path.suffix == '.json' and is_veval(read_json(path)):
        return [*find_veval(path, options.media)]
    found: list[Sequence] = []
    for find in (find_sav, find_davis, find_sav_train):
        found += find(path)
        if found:
            return found
    for file in sorted((*path.glob('saco_veval_*.json'), *path.glob('*/saco_veval_*.json'))):
        found += find_veval(file, options.media)
    stills = None if found else find_stills(path, options.media)
    return found if stills is None else [*as_sequences(stills)]


def _unlabeled(path: Path) -> list[Sequence]:
    """Return pictures or a video, which are evaluated without truth as such bags are."""
    try:
        return [UnlabeledMedia.open(path)]
    except SourceError as error:
        raise SequenceError(
            f'{path} holds nothing to evaluate; looked for {_LOOKED_FOR}. {error}'
        ) from error
