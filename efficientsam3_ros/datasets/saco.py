"""SA-Co VEval: phrases on videos, asked also where nothing answers them.

One JSON file a domain; ``video_np_pairs`` lists what is asked of each video, positives and
negatives (format of facebookresearch/sam3).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from efficientsam3_ros.datasets.annotated import AnnotatedPictures, sound_or_broken
from efficientsam3_ros.datasets.masks import DAMAGE, Labeled, RleMasks, read_json
from efficientsam3_ros.datasets.pictures import PictureFiles
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind

_KEYS = ('videos', 'annotations', 'video_np_pairs')
# Folder of a domain's pictures, and the frame rate by which they are numbered.
_MEDIA = {
    'saco_sav/JPEGImages_24fps': 24.0,
    'saco_sg/JPEGImages_6fps': 6.0,
    'saco_yt1b/JPEGImages_6fps': 6.0,
    'JPEGImages_24fps': 24.0,
    'JPEGImages_6fps': 6.0,
    '.': 6.0,
}
_ABOVE = ('.', 'media', '..', '../media')


def is_veval(about: Any) -> bool:
    """Tell whether the content of a JSON file has VEval's lists."""
    return isinstance(about, dict) and all(isinstance(about.get(key), list) for key in _KEYS)


def find_veval(path: Path, media: Path | None = None) -> list[FrameSequence]:
    """Return the videos of a VEval file.

    Args:
        path: The JSON file.
        media: Folder that the file names start from; None looks around the file.

    Raises:
        SequenceError: If the file is none of VEval's, or no picture is found.
    """
    about = read_json(path)
    if not is_veval(about):
        raise SequenceError(f'{path} is no VEval file; it needs {", ".join(_KEYS)}.')
    try:
        pairs, annotations = defaultdict(list), defaultdict(list)
        for pair in about['video_np_pairs']:
            pairs[pair['video_id']].append(pair)
        for item in about['annotations']:
            annotations[item['video_id']].append(item)
        videos = {str(video['video_name']): video for video in about['videos']}
        folder, fps = _media(path, tuple(videos.values()), media)
    except SequenceError:
        raise
    except DAMAGE as error:
        raise SequenceError(f'{path} is damaged ({error!r}); copy it again.') from error

    def read(name: str) -> AnnotatedPictures:
        video = videos[name]
        return _video(video, pairs[video['id']], annotations[video['id']], folder, fps)

    return sound_or_broken(videos, 'veval', read)


def phrase(text: str) -> str:
    """Return a phrase as a prompt would hold it."""
    return ' '.join(text.split())


def veval_masks(
    numbers: Sequence[int],
    pairs: Iterable[Mapping[str, Any]],
    annotations: Iterable[Mapping[str, Any]],
) -> tuple[RleMasks, tuple[str, ...]]:
    """Collect the truth of one video.

    Args:
        numbers: Numbers of the T annotated pictures.
        pairs: What is asked of the video.
        annotations: Its masklets, T masks each, null where the object is not in view.

    Returns:
        The masks, and the phrases that are asked, each once.

    Raises:
        SequenceError: If a masklet has not T masks.
    """
    asked = tuple(dict.fromkeys(phrase(pair['noun_phrase']) for pair in pairs))
    frames: dict[int, list[Labeled]] = {number: [] for number in numbers}
    skipped: Counter[str] = Counter()
    for track_id, item in enumerate(annotations, start=1):
        concept, masks = phrase(item['noun_phrase']), item['segmentations']
        if len(masks) != len(numbers):
            raise SequenceError(
                f'Annotation {item.get("id")} has {len(masks)} masks for {len(numbers)} pictures.'
            )
        if item.get('iscrowd'):
            skipped['masklets of crowds'] += 1
        elif concept not in asked:
            skipped['masklets of phrases that are not asked'] += 1
        else:
            for number, mask in zip(numbers, masks):
                if mask is not None:
                    frames[number].append(Labeled(track_id, concept, mask))
    remarks = tuple(f'{count} {what} are left out.' for what, count in skipped.items())
    return RleMasks(frames, remarks), asked


def _video(
    video: Mapping[str, Any],
    pairs: Sequence[Mapping[str, Any]],
    annotations: Sequence[Mapping[str, Any]],
    media: Path,
    fps: float,
) -> AnnotatedPictures:
    names = [Path(name) for name in video['file_names']]
    stems = [name.stem for name in names]
    # Where names are no numbers, their place in the list stands in.
    numbers = tuple(int(s) for s in stems) if all(s.isdecimal() for s in stems) else None
    if numbers is None or sorted(set(numbers)) != list(numbers):
        numbers = tuple(range(len(names)))
    try:
        masks, asked = veval_masks(numbers, pairs, annotations)
    except SequenceError as error:
        raise SequenceError(f'Video {video["video_name"]}: {error}') from error
    return AnnotatedPictures(
        name=str(video['video_name']),
        source='veval',
        pictures=PictureFiles(tuple(media / name for name in names), numbers),
        masks=masks,
        fps=fps,
        truth_kind=TruthKind.CONCEPTS,
        concepts=asked,
    )


def _media(
    path: Path, videos: Sequence[Mapping[str, Any]], media: Path | None
) -> tuple[Path, float]:
    """Return where most of the videos begin, and the frame rate of the domain."""
    firsts = [video['file_names'][0] for video in videos if video['file_names']]
    if media is not None:
        places = {media / inside: fps for inside, fps in _MEDIA.items()}
        places[media] = 24.0 if media.name.endswith('24fps') else 6.0
    else:
        places = {
            path.parent / up / inside: fps for up in _ABOVE for inside, fps in _MEDIA.items()
        }
    hits = {place: sum((place / name).is_file() for name in firsts) for place in places}
    best = max(hits, key=lambda place: hits[place])
    if not hits[best]:
        raise SequenceError(
            f'The pictures of {path} ({firsts[0] if firsts else "none listed"}, ...) are not '
            'found around it; name the folder that holds them.'
        )
    return best, places[best]
