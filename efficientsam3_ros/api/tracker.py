"""The tracker for people without ROS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
import warnings

import numpy as np

from efficientsam3_ros.api.result import StepResult
from efficientsam3_ros.core import Frame, Prompt
from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.core.prompt import parse_prompts
from efficientsam3_ros.engine import DEFAULT_BUNDLE, Engine, load_engine
from efficientsam3_ros.tracking import ConceptTracker, TrackerConfig

Prompts = str | Prompt | Iterable[str | Prompt]
"""Noun phrases or prompts; one string may hold several, with commas between them."""

LATEST_S = 1e10
"""Beyond this, nanoseconds do not fit into 64 bits."""


class Tracker(AbstractContextManager['Tracker']):
    """Finds and follows everything that is named, image by image.

    A context manager: leaving the block frees the network. For one thread at a time.

    Args:
        prompts: Noun phrases such as ``'red mug'``, or prompts with exemplars (``exemplar``).
        bundle: The network: name of an embedded bundle, or path of a bundle's folder.
        engine: Inference backend, such as ``'openvino'`` or ``'tensorrt:fp16'``.
        threads: CPU threads, 0 takes all cores.
        config: Thresholds and life cycle; None takes the defaults.

    Attributes:
        concept_tracker: What does the work, for everything that is not offered here (``config``,
            ``times``, ``remove_tracks``).

    Raises:
        BundleError: If the bundle is missing or damaged.
        EngineError: If the backend is unknown or does not work here.
        PromptError: If a prompt cannot be served.
        TypeError: If prompts or settings are of another kind.
    """

    def __init__(
        self,
        prompts: Prompts = (),
        *,
        bundle: str | Path = DEFAULT_BUNDLE,
        engine: str = 'onnxruntime',
        threads: int = 0,
        config: TrackerConfig | None = None,
    ) -> None:
        if config is not None and not isinstance(config, TrackerConfig):
            raise TypeError(f'config is a TrackerConfig, not {shown(config)}.')
        self._engine = load_engine(bundle, engine, threads)
        self._open = True
        try:
            self.concept_tracker = ConceptTracker(self._engine, config)
            self._ask(prompts)
        except BaseException:
            self.close()
            raise

    def step(self, image: np.ndarray | Frame, stamp_s: float | None = None) -> StepResult:
        """Find the prompted concepts in the next image.

        Args:
            image: uint8 (H, W, 3) in RGB order; what OpenCV reads is BGR: ``bgr[..., ::-1]``.
                Or a frame of ``video``.
            stamp_s: Time of the image in seconds, handed on to the result; None takes the
                frame's own, 0 for an array.

        Returns:
            The visible instances: iterable, indexable, with ``len``.

        Raises:
            ValueError: If it is no such image, or the time is not finite.
            EngineError: If a graph fails; the next image may work.
            RuntimeError: If the tracker is closed.
        """
        if not self._open:
            raise RuntimeError('The tracker is closed; make a new one.')
        frame = image if isinstance(image, Frame) else Frame(np.asarray(image))
        if stamp_s is not None:
            if not abs(stamp_s) < LATEST_S:
                raise ValueError(f'stamp_s is {stamp_s}; it is a finite time in seconds.')
            frame = Frame(frame.rgb, round(stamp_s * 1e9), frame.frame_id)
        return StepResult(self.concept_tracker.step(frame), self.concept_tracker.concepts)

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """What is looked for; assign strings or prompts at any time between two images."""
        return self.concept_tracker.prompts

    @prompts.setter
    def prompts(self, prompts: Prompts) -> None:
        self._ask(prompts)

    def set_prompts(
        self,
        prompts: Prompts,
        *,
        reset_tracks: bool = False,
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        """Look for other concepts from the next image on; warns of words the model does not know.

        Args:
            prompts: The whole new set. Concepts that stay keep their tracks and ids, the tracks
                of the others end.
            reset_tracks: End all tracks.
            renamed: Old concept to the new one that takes over its tracks with their ids.

        Raises:
            PromptError: If the set cannot be served; nothing changes then.
        """
        self._ask(prompts, reset_tracks, renamed)

    @property
    def concepts(self) -> tuple[str, ...]:
        """The prompts' words, verbatim."""
        return self.concept_tracker.concepts

    @property
    def unknown_words(self) -> dict[str, tuple[str, ...]]:
        """Concept to its words that the model has never seen; only such concepts."""
        return self.concept_tracker.unknown_words

    def reset(self) -> None:
        """Forget all tracks but not the prompts; ids are still never used again."""
        self.concept_tracker.reset()

    def close(self) -> None:
        """Free the network; closing twice does no harm."""
        if self._open:
            self._open = False
            self._engine.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(
        self,
        prompts: Prompts,
        reset_tracks: bool = False,
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        self.concept_tracker.set_prompts(_prompts(prompts), reset_tracks, renamed)
        for warning in unknown_word_warnings(self.concept_tracker, self._engine):
            warnings.warn(warning, stacklevel=3)


def unknown_word_warnings(tracker: ConceptTracker, engine: Engine) -> list[str]:
    """Return a sentence for each prompt with words that the model has never seen."""
    unknown = tracker.unknown_words.items()
    listed = {concept: ', '.join(f'"{word}"' for word in words) for concept, words in unknown}
    return [
        f'{engine.manifest.name} has never seen {words} of "{concept}"; do not expect it to be '
        'found.'
        for concept, words in listed.items()
    ]


def _prompts(given: Prompts) -> Sequence[Prompt]:
    if isinstance(given, str):
        return parse_prompts(given)
    if isinstance(given, Mapping):
        raise TypeError(
            'Prompts are a list, not a mapping; a box is shown with exemplar("mug", image, box).'
        )
    if not isinstance(given, (Prompt, Iterable)):
        raise TypeError(f'Prompts are texts such as "red mug, bowl", not {shown(given)}.')
    items = [given] if isinstance(given, Prompt) else given
    return [item if isinstance(item, Prompt) else Prompt(item) for item in items]
