"""``efficientsam3 benchmark endurance``: does a long run cost what a short one costs?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, astuple, dataclass
from itertools import cycle
from pathlib import Path
from time import perf_counter, process_time
from typing import Annotated

from cyclopts import App
import numpy as np

from efficientsam3_ros.cli.support.console import progress
from efficientsam3_ros.cli.support.options import (
    EngineOptions,
    Seed,
    at_least,
)
from efficientsam3_ros.core import Frame, Prompt
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.tracking import ConceptTracker

EXAMPLES = """\
examples:
  efficientsam3 benchmark endurance
  efficientsam3 benchmark endurance --bundle my_bundle/ --frames 20000 --out endurance.json"""

WINDOW = 1000
MEMORY_GROWTH = 0.05
TIME_GROWTH = 0.10
_FILM_FRAMES = 120
_PROMPTS_EVERY = 97
_RESET_EVERY = 2311
_MEGABYTE = 1e6
_FPS = 15

app = App(name='endurance', help_epilogue=EXAMPLES)


@dataclass(frozen=True)
class Endurance:
    """What a long run showed.

    Attributes:
        frames: Frames processed.
        window: Frames in the first and the last window.
        memory_mb: Resident megabytes before the first frame, after the first window, at the end.
        wall_ms: Median milliseconds of a step in the first and in the last window.
        cpu_ms: The same in processor time, which other programs disturb less.
        ids: Track ids given.
        reused: Whether an id was given twice.
        most_tracks: Most tracks at a time, lost ones included.
        most_remembered: Most objects that the video memory held.
        video_memory_mb: Megabytes of the video memory, 0 without one.
    """

    frames: int
    window: int
    memory_mb: tuple[float, float, float]
    wall_ms: tuple[float, float]
    cpu_ms: tuple[float, float]
    ids: int
    reused: bool
    most_tracks: int
    most_remembered: int
    video_memory_mb: float

    @property
    def memory_growth(self) -> float:
        """Growth of the resident memory after the first window, as a part of it."""
        return self.memory_mb[2] / self.memory_mb[1] - 1

    @property
    def time_growth(self) -> float:
        """Growth of the time a frame takes, as a part of it.

        The smaller one of wall and processor time: what makes a step costlier raises both, a
        busy machine only the first.
        """
        return min(last / first - 1 for first, last in (self.wall_ms, self.cpu_ms))

    @property
    def passed(self) -> bool:
        """Whether the run cost the same all along and no id came twice."""
        steady = self.memory_growth <= MEMORY_GROWTH and self.time_growth <= TIME_GROWTH
        return steady and not self.reused

    def lines(self) -> list[str]:
        """Return the figures as text."""
        start, settled, end = self.memory_mb
        return [
            f'resident memory   {start:.1f} MB at start, {settled:.1f} MB after {self.window} '
            f'frames, {end:.1f} MB at the end ({self.memory_growth:+.1%}, allowed '
            f'{MEMORY_GROWTH:+.0%})',
            f'time a frame      {self.wall_ms[0]:.2f} ms ({self.cpu_ms[0]:.2f} processor) in the '
            f'first {self.window} frames, {self.wall_ms[1]:.2f} ms ({self.cpu_ms[1]:.2f}) in the '
            f'last ({self.time_growth:+.1%}, allowed {TIME_GROWTH:+.0%}; medians)',
            f'track ids         {self.ids} given, reused: {"yes" if self.reused else "no"}',
            f'most at a time    {self.most_tracks} tracks, {self.most_remembered} objects in a '
            f'video memory of {self.video_memory_mb:.2f} MB',
        ]


class IdBook:
    """Notices an id that is given twice: it ended before, or is no higher than an earlier one."""

    def __init__(self) -> None:
        self._live: set[int] = set()
        self._highest = 0
        self.given = 0
        self.reused = False

    def note(self, live: Sequence[int]) -> None:
        """Take in the ids of all tracks after a frame."""
        new = set(live) - self._live
        self.reused |= bool(new) and min(new) <= self._highest
        self.given += len(new)
        self._highest = max(self._highest, *live, 0)
        self._live = set(live)


@app.default
def run(
    *,
    frames: Annotated[int, at_least(8)] = 10_000,
    seed: Seed = 7,
    out: Path | None = None,
    engine: EngineOptions = EngineOptions(),
) -> int:
    """Track a looped simulated film with changing prompts; print and write the figures.

    Args:
        frames: How many.
        seed: Which scene.
        out: JSON file for the figures.
        engine: The network.

    Returns:
        0 if memory, time and ids stayed as they must.
    """
    if out is not None:
        check_output(out)
    from efficientsam3_ros.engine import load_engine

    film, concepts = _film(seed)
    with closing(load_engine(*astuple(engine))) as loaded:
        print(f'{loaded.manifest.name}: {frames} frames, changing prompts: {", ".join(concepts)}')
        found = endure(ConceptTracker(loaded), film, concepts, frames)
    for line in found.lines():
        print(line)
    if out is not None:
        write_json(out, asdict(found))
    return 0 if found.passed else 1


def endure(
    tracker: ConceptTracker, film: Sequence[np.ndarray], concepts: Sequence[str], frames: int
) -> Endurance:
    """Run the tracker over the film, forth and back, again and again.

    Objects come and go by the film's own events, behind a screen that wanders through the image,
    and with the prompts; now and then an operator removes a track or resets all.

    Args:
        tracker: New, without prompts.
        film: Images uint8 (H, W, 3).
        concepts: At least one.
        frames: How many to process.
    """
    from efficientsam3_ros.tracking.live.resident_memory import resident_bytes

    window = min(WINDOW, frames // 4)
    times, book = np.zeros((frames, 2), np.float32), IdBook()
    start = settled = resident_bytes()
    most_tracks = most_remembered = 0
    # Forth and back, without a jump at the film's ends.
    there_and_back = zip(range(frames), cycle([*film, *film[-2:0:-1]]))
    for index, rgb in progress(there_and_back, 'endurance', frames):
        _operate(tracker, concepts, index)
        screened = _screened(rgb, index)
        begin = np.array((perf_counter(), process_time()))
        tracker.step(Frame(screened, index * SECOND_NS // _FPS, 'camera'))
        times[index] = 1e3 * (np.array((perf_counter(), process_time())) - begin)
        book.note([track.track_id for track in tracker.tracks])
        most_tracks = max(most_tracks, len(tracker.tracks))
        most_remembered = max(most_remembered, tracker.remembered)
        if index == window - 1:
            settled = resident_bytes()
    end = resident_bytes()
    first, last = (np.median(part, axis=0).tolist() for part in (times[:window], times[-window:]))
    return Endurance(
        frames=frames,
        window=window,
        memory_mb=(start / _MEGABYTE, settled / _MEGABYTE, end / _MEGABYTE),
        wall_ms=(first[0], last[0]),
        cpu_ms=(first[1], last[1]),
        ids=book.given,
        reused=book.reused,
        most_tracks=most_tracks,
        most_remembered=most_remembered,
        video_memory_mb=tracker.memory_bytes / _MEGABYTE,
    )


def _operate(tracker: ConceptTracker, concepts: Sequence[str], index: int) -> None:
    """Change the prompts, remove a track or reset, each in its own rhythm."""
    if index % _PROMPTS_EVERY == 0:
        turn = index // _PROMPTS_EVERY
        left_out = turn % (len(concepts) + 1)  # now and then none
        chosen = [c for i, c in enumerate(concepts) if i != left_out or len(concepts) == 1]
        tracker.set_prompts([Prompt(concept) for concept in chosen])
    if index % _PROMPTS_EVERY == _PROMPTS_EVERY // 2 and tracker.tracks:
        tracker.remove_tracks([tracker.tracks[0].track_id])
    if index % _RESET_EVERY == _RESET_EVERY - 1:
        tracker.reset()


def _screened(rgb: np.ndarray, index: int) -> np.ndarray:
    """Hide a wandering part of the image."""
    width = rgb.shape[1]
    left = (5 * index) % (2 * width) - width // 2
    screened = rgb.copy()
    screened[:, max(0, left) : max(0, left + width // 3)] = 90
    return screened


def _film(seed: int) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Render a short simulated film and choose what to look for in it."""
    from efficientsam3_ros.simulation import Tabletop, TabletopConfig, suggest_prompts

    config = TabletopConfig(seed=seed, width=320, height=240, frames=_FILM_FRAMES, depth=False)
    with Tabletop(config) as scene:
        observed = list(scene)
        concepts = suggest_prompts(scene.objects, observed, seed, positives=3)
    return [item.rgb for item in observed], concepts
