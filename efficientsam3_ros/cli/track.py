"""``efficientsam3 track``: prompts in, masks and ids out, no ROS needed."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import astuple, dataclass, field
import itertools
from pathlib import Path
import sys
from time import perf_counter
from typing import Annotated

from cyclopts import App

from efficientsam3_ros import api
from efficientsam3_ros.api.tracker import unknown_word_warnings
from efficientsam3_ros.cli.support.camera_end import ended_by_interrupt
from efficientsam3_ros.cli.support.console import progress, table
from efficientsam3_ros.cli.support.options import (
    EngineOptions,
    OptionError,
    OutputOptions,
    Positive,
    Switch,
    at_least,
)
from efficientsam3_ros.cli.support.result_folder import ResultFolder
from efficientsam3_ros.cli.support.tracker_options import TrackerOptions
from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.core.prompt import parse_prompts
from efficientsam3_ros.core.writing.output_folder import result_folder
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.media.frame_source import SourceError
from efficientsam3_ros.tracking import ConceptTracker

EXAMPLES = """\
examples:
  efficientsam3 track clip.mp4 --prompts "red mug, bowl" --out output/clip
  efficientsam3 track scenes/ --prompts "object" --point-cloud --out output/cloud
  efficientsam3 track recording/ --topic /camera/image_raw --prompts "mug" --out output/rec
  efficientsam3 track --camera 0 --prompts "mug" --out output/live"""

app = App(name='track', help_epilogue=EXAMPLES)


@dataclass
class Tally:
    """What was seen over the clip."""

    frames: int = 0
    seconds: float = 0.0
    ids: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    masks: Counter[str] = field(default_factory=Counter)
    with_any: Counter[str] = field(default_factory=Counter)

    def add(self, result: FrameResult, seconds: float) -> None:
        """Count one frame that took so many seconds."""
        self.frames += 1
        self.seconds += seconds
        visible = [item for item in result.instances if item.area]
        for item in visible:
            self.ids[item.concept].add(item.track_id)
        self.masks.update(item.concept for item in visible)
        self.with_any.update({item.concept for item in visible})

    def tell(self, kept: str) -> None:
        """Say after a failure what was kept of how many frames."""
        print(f'{kept} {self.frames} frames were tracked.', file=sys.stderr)

    def text(self, concepts: tuple[str, ...]) -> str:
        """Return the summary for people."""
        rows = [
            (c, len(self.ids[c]), self.masks[c], f'{self.with_any[c]} of {self.frames}')
            for c in concepts
        ]
        rate = self.frames / self.seconds if self.seconds else 0.0
        found = table(('concept', 'ids', 'masks', 'frames with it'), rows)
        return f'{found}\n\n{self.frames} frames, {rate:.1f} frames/s in the tracker'


@app.default
def run(
    input: Path | None = None,
    /,
    *,
    prompts: str,
    camera: Annotated[int | None, at_least(0, 'none')] = None,
    topic: str | None = None,
    fps: Positive = 15.0,
    max_frames: Annotated[int | None, at_least(1, 'all')] = None,
    video: Switch = True,
    point_cloud: bool = False,
    output: OutputOptions,
    engine: EngineOptions = EngineOptions(),
    tracker: TrackerOptions = TrackerOptions(),
) -> int:
    """Track a clip, or what a camera sees, and write the results.

    Args:
        input: Video, picture, folder of pictures or RGB-D scenes, rosbag2 bag, or .pcd cloud.
        prompts: Noun phrases, commas between them.
        camera: Camera instead of an input, until Ctrl-C.
        topic: Image topic of a bag; found by itself if there is one.
        fps: Frames a second of pictures in a folder.
        max_frames: Stop after so many frames.
        video: Write overlay.mp4.
        point_cloud: Write each frame's points in mask colors (RGB-D, .pcd).
        output: Where the results go.
        engine: The network.
        tracker: Its settings.
    """
    chosen = _chosen(input, camera)
    parsed = parse_prompts(prompts)
    config = tracker.config()
    output.checked((input, tracker.params, *engine.inputs()), ResultKind.TRACK)
    with closing(load_engine(*astuple(engine))) as loaded:
        following = ConceptTracker(loaded, config)
        following.set_prompts(parsed)
        for warning in unknown_word_warnings(following, loaded):
            print(f'warning: {warning}', file=sys.stderr)
        opened = api.video(chosen, fps, topic, point_cloud)
        with opened as source, ended_by_interrupt(source):
            tally = _track(following, source, max_frames, output, (video, point_cloud))
    for note in source.notes:
        print(f'note: {note}', file=sys.stderr)
    print(tally.text(following.concepts))
    print(f'results: {output.out}')
    return 0


def _chosen(input: Path | None, camera: int | None) -> Path | int:
    """Return what to read.

    Raises:
        OptionError: If it is nothing, or two things.
    """
    if input is not None and camera is None:
        return input
    if camera is not None and input is None:
        return camera
    raise OptionError('Name what to track: either a file or folder, or --camera 0.')


def _track(
    tracker: ConceptTracker,
    source: api.FrameSource,
    limit: int | None,
    output: OutputOptions,
    files: tuple[bool, bool],
) -> Tally:
    """Track and write; ``files`` tells whether a video and point clouds are wanted."""
    frames = itertools.islice(source, limit)
    # The input is opened before the output, so that a wrong path leaves nothing behind.
    first = next(frames, None)
    if first is None:
        raise SourceError('Not one picture was taken before the end; nothing is written.')
    tally = Tally()
    with (
        result_folder(output.out, ResultKind.TRACK, say=tally.tell) as folder,
        ResultFolder(folder, source.fps, *files) as out,
    ):
        total = min(source.count, limit or source.count) or None
        for frame in progress(itertools.chain([first], frames), 'track', total):
            start = perf_counter()
            result = tracker.step(frame)
            tally.add(result, perf_counter() - start)
            out.add(frame, result)
    return tally
