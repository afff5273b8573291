"""``efficientsam3 track``: prompts in, masks and ids out, no ROS needed."""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, field
import itertools
from pathlib import Path
import sys
from time import perf_counter

from efficientsam3_ros.api import FrameSource, video
from efficientsam3_ros.cli.support.options import (
    add_engine_options,
    add_tracker_options,
    fresh,
    positive,
    tracker_config,
)
from efficientsam3_ros.cli.support.progress import progress
from efficientsam3_ros.cli.support.result_folder import ResultFolder
from efficientsam3_ros.cli.support.tables import table
from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.core.prompt import parse_prompts
from efficientsam3_ros.engine import Engine, load_engine
from efficientsam3_ros.tracking import ConceptTracker

EXAMPLES = """\
  efficientsam3 track clip.mp4 --prompts "red mug, bowl" --out output/clip
  efficientsam3 track photo.jpg --prompts "a screwdriver" --out output/photo
  efficientsam3 track recording/ --topic /camera/image_raw --prompts "mug" --out output/rec"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        'input',
        type=Path,
        help='video, picture, folder of pictures, rosbag2 bag, or organised .pcd cloud',
    )
    parser.add_argument('--prompts', required=True, help='noun phrases, commas between them')
    parser.add_argument('--out', type=Path, required=True, help='new folder for the results')
    parser.add_argument('--topic', help='image topic of a bag (found by itself if there is one)')
    parser.add_argument(
        '--fps', type=positive, default=15.0, help='rate of pictures in a folder (%(default)s)'
    )
    parser.add_argument('--max-frames', type=int, help='stop after so many frames')
    parser.add_argument('--no-video', action='store_true', help='write no overlay.mp4')
    parser.add_argument('--force', action='store_true', help='replace an existing --out')
    add_engine_options(parser)
    add_tracker_options(parser)


@dataclass
class Tally:
    """What was seen over the clip."""

    frames: int = 0
    seconds: float = 0.0
    ids: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    masks: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    with_any: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, result: FrameResult, seconds: float) -> None:
        """Count one frame that took so many seconds."""
        self.frames += 1
        self.seconds += seconds
        visible = [item for item in result.instances if item.area]
        for item in visible:
            self.ids[item.concept].add(item.track_id)
            self.masks[item.concept] += 1
        for concept in {item.concept for item in visible}:
            self.with_any[concept] += 1

    def text(self, concepts: tuple[str, ...]) -> str:
        """Return the summary for people."""
        rows = [
            (c, len(self.ids[c]), self.masks[c], f'{self.with_any[c]} of {self.frames}')
            for c in concepts
        ]
        rate = self.frames / self.seconds if self.seconds else 0.0
        found = table(('concept', 'ids', 'masks', 'frames with it'), rows)
        return f'{found}\n\n{self.frames} frames, {rate:.1f} frames/s in the tracker'


def run(arguments: argparse.Namespace) -> int:
    """Track a clip and write the results."""
    prompts = parse_prompts(arguments.prompts)
    config = tracker_config(arguments)
    engine = load_engine(arguments.bundle, arguments.engine, arguments.threads)
    try:
        tracker = ConceptTracker(engine, config)
        tracker.set_prompts(prompts)
        _warn_of_unknown_words(tracker, engine)
        source = video(arguments.input, arguments.fps, arguments.topic)
        tally = _track(tracker, source, arguments)
    finally:
        engine.close()
    for note in source.notes:
        print(f'note: {note}', file=sys.stderr)
    print(tally.text(tracker.concepts))
    print(f'results: {arguments.out}')
    return 0


def _track(tracker: ConceptTracker, source: FrameSource, arguments: argparse.Namespace) -> Tally:
    frames = itertools.islice(source, arguments.max_frames)
    # The input is opened before the output, so that a wrong path leaves nothing behind.
    first = next(frames)
    tally = Tally()
    folder = fresh(arguments.out, arguments.force)
    with ResultFolder(folder, source.fps, not arguments.no_video) as out:
        total = min(source.count, arguments.max_frames or source.count) or None
        for frame in progress(itertools.chain([first], frames), 'track', total):
            start = perf_counter()
            result = tracker.step(frame)
            tally.add(result, perf_counter() - start)
            out.add(frame, result)
    return tally


def _warn_of_unknown_words(tracker: ConceptTracker, engine: Engine) -> None:
    for concept, words in tracker.unknown_words.items():
        listed = ', '.join(f'"{word}"' for word in words)
        print(
            f'warning: {engine.manifest.name} has never seen {listed} of "{concept}"; do not '
            'expect it to be found.',
            file=sys.stderr,
        )
