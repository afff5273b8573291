"""The concepts asked for, and the tokens that the detector reads for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import math
from typing import Any

import numpy as np

from efficientsam3_ros.core import Prompt, PromptError
from efficientsam3_ros.engine import Engine, Value

CACHE_SIZE = 256
Tokens = tuple[np.ndarray, np.ndarray]
"""Prompt tokens float32 (L, D) and their mask float32 (L,), 1 where valid."""
ExemplarKey = tuple[Any, ...]
"""A concept key, and the boxes and points with their labels."""


def concept_key(concept: str) -> str:
    """Return what makes two concepts the same: the words, not their case or spacing."""
    return ' '.join(concept.split()).casefold()


class PromptSet:
    """The current prompts; a replacement is taken wholly or not at all.

    The text encoder runs only for phrases that are not remembered. Exemplars are encoded on the
    next frame, and their tokens kept while the prompt stays.

    Args:
        engine: Provides the tokenizer, the text encoder and, if any, the exemplar encoder.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tokenizer = engine.manifest.tokenizer()
        self._texts: dict[str, Tokens] = {}
        self._exemplars: dict[ExemplarKey, Tokens] = {}
        self._batch: Tokens | None = None
        self.prompts: tuple[Prompt, ...] = ()
        self.version = 0

    @property
    def keys(self) -> tuple[str, ...]:
        """Concept keys in the order of the prompts."""
        return tuple(concept_key(prompt.concept) for prompt in self.prompts)

    def unknown_words(self) -> dict[str, tuple[str, ...]]:
        """Return concept to the words that the model has never seen; only such concepts."""
        found = {p.concept: self._tokenizer.unknown_words(p.concept) for p in self.prompts}
        return {concept: words for concept, words in found.items() if words}

    def thresholds(self, default: float) -> tuple[float, ...]:
        """Return each prompt's detection threshold."""
        return tuple(default if math.isnan(p.threshold) else p.threshold for p in self.prompts)

    def replace(
        self,
        prompts: Sequence[Prompt],
        limit: int,
        renamed: Mapping[str, str] | None = None,
        features: Mapping[str, Value] | None = None,
    ) -> int:
        """Ask for other concepts.

        Args:
            prompts: The whole new set; a prompt given twice counts once.
            limit: How many are served.
            renamed: Old concept key to the new one that keeps the exemplars as they were seen.
            features: Feature levels of the frame on which new exemplars lie; None for those of
                the next frame.

        Returns:
            The new version.

        Raises:
            PromptError: If there are too many, one concept comes with two meanings, a phrase does
                not fit the model, or exemplars come without an exemplar encoder. The old prompts
                then stay.
            EngineError: If an encoder fails. The old prompts stay then, too.
        """
        merged = _merge(prompts)
        if len(merged) > limit:
            raise PromptError(
                f'{len(merged)} prompts, at most {limit} are served at a time; drop some or '
                'raise max_prompts.'
            )
        self._check_exemplars(merged)
        self._encode_texts([concept_key(prompt.concept) for prompt in merged])
        new = renamed or {}
        held = {(new.get(key, key), *marks): t for (key, *marks), t in self._exemplars.items()}
        wanted = {_exemplar_key(prompt): prompt for prompt in merged if prompt.has_exemplars}
        exemplars = {key: held[key] for key in wanted.keys() & held.keys()}
        if features is not None:
            for key in wanted.keys() - held.keys():
                exemplars[key] = self._encode_exemplars(wanted[key], features)
        self.prompts, self._exemplars, self._batch = merged, exemplars, None
        self.version += 1
        return self.version

    def tokens(self, features: Mapping[str, Value]) -> Tokens:
        """Return prompt tokens (K, L, D) and mask (K, L) of all concepts.

        Args:
            features: Feature levels of the current frame, on which new exemplars are encoded.
        """
        for prompt in self.prompts:
            key = _exemplar_key(prompt)
            if prompt.has_exemplars and key not in self._exemplars:
                self._exemplars[key] = self._encode_exemplars(prompt, features)
        plain = [prompt for prompt in self.prompts if not prompt.has_exemplars]
        if self._engine.manifest.always_exemplar and plain:
            # The class token is the same for every phrase, but each image has its own.
            shared = self._encode_exemplars(plain[0], features)
            return _stack([self._tokens_of(prompt, shared) for prompt in self.prompts])
        if self._batch is None:
            self._batch = _stack([self._tokens_of(prompt) for prompt in self.prompts])
        return self._batch

    def _tokens_of(self, prompt: Prompt, plain: Tokens | None = None) -> Tokens:
        text = self._texts[concept_key(prompt.concept)]
        extra = self._exemplars[_exemplar_key(prompt)] if prompt.has_exemplars else plain
        if extra is None:
            return text
        return np.concatenate((text[0], extra[0])), np.concatenate((text[1], extra[1]))

    def _check_exemplars(self, prompts: Sequence[Prompt]) -> None:
        manifest = self._engine.manifest
        for prompt in (prompt for prompt in prompts if prompt.has_exemplars):
            if 'exemplar_encoder' not in manifest.graphs:
                raise PromptError(
                    f'"{prompt.concept}" comes with exemplars, but the bundle '
                    f'"{manifest.name}" has no exemplar_encoder; prompt with words '
                    'only, or load a bundle that has one.'
                )
            for kind, given in (('exemplars', prompt.boxes), ('points', prompt.points)):
                most = manifest.bounds.get(kind, len(given))
                if len(given) > most:
                    raise PromptError(
                        f'"{prompt.concept}" comes with {len(given)} exemplars of a kind, the '
                        f'bundle "{manifest.name}" takes {most}; leave some out.'
                    )

    def _encode_texts(self, keys: Sequence[str]) -> None:
        ids = self._tokenizer.encode(keys)
        new = [index for index, key in enumerate(keys) if key not in self._texts]
        if new:
            outputs = self._engine.run('text_encoder', {'token_ids': ids[new]})
            tokens = self._engine.to_numpy(outputs['text_tokens'])
            mask = self._engine.to_numpy(outputs['text_mask'])
            self._texts |= {keys[i]: (tokens[n], mask[n]) for n, i in enumerate(new)}
        recent = {key: self._texts.pop(key) for key in keys}
        self._texts = dict([*self._texts.items(), *recent.items()][-max(CACHE_SIZE, len(keys)) :])

    def _encode_exemplars(self, prompt: Prompt, features: Mapping[str, Value]) -> Tokens:
        boxes, box_labels, box_valid = _slots(prompt.boxes, prompt.box_labels, 4)
        points, point_labels, point_valid = _slots(prompt.points, prompt.point_labels, 2)
        offered = {
            **features,
            'boxes': boxes,
            'box_labels': box_labels,
            'box_valid': box_valid,
            'points': points,
            'point_labels': point_labels,
            'point_valid': point_valid,
        }
        names = self._engine.manifest.graphs['exemplar_encoder'].inputs
        inputs = {name: value for name, value in offered.items() if name in names}
        outputs = self._engine.run('exemplar_encoder', inputs)
        tokens = self._engine.to_numpy(outputs['exemplar_tokens'])[0]
        # Boxes come first, then points, then the class token of a graph that has one.
        valid = np.concatenate((box_valid[0], point_valid[0])) > 0
        valid = np.pad(valid, (0, len(tokens) - len(valid)), constant_values=True)
        return tokens[valid], np.ones(int(valid.sum()), np.float32)


def _merge(prompts: Sequence[Prompt]) -> tuple[Prompt, ...]:
    merged: dict[str, Prompt] = {}
    for prompt in prompts:
        first = merged.setdefault(concept_key(prompt.concept), prompt)
        same = _exemplar_key(first) == _exemplar_key(prompt) and (
            first.threshold == prompt.threshold
            or (math.isnan(first.threshold) and math.isnan(prompt.threshold))
        )
        if not same:
            raise PromptError(
                f'"{prompt.concept}" is given twice with different thresholds or exemplars; '
                'give it once.'
            )
    return tuple(merged.values())


def _exemplar_key(prompt: Prompt) -> ExemplarKey:
    return (
        concept_key(prompt.concept),
        prompt.boxes,
        prompt.box_labels,
        prompt.points,
        prompt.point_labels,
    )


def _slots(
    values: Sequence[Sequence[float]], labels: Sequence[int], size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a concept's n exemplars of a kind; n is at least 1, since a graph has no empty axes.

    Returns:
        Coordinates float32 (1, n, size), labels int64 (1, n), 1 positive, 0 negative, and
        float32 (1, n), 0 where the slot means nothing.
    """
    coordinates = np.zeros((1, max(1, len(values)), size), np.float32)
    signs = np.zeros(coordinates.shape[:2], np.int64)
    if values:
        coordinates[0], signs[0] = values, labels
    return coordinates, signs, np.full(signs.shape, bool(values), np.float32)


def _stack(items: Sequence[Tokens]) -> Tokens:
    length = max(mask.shape[0] for _, mask in items)
    width = items[0][0].shape[1]
    tokens = np.zeros((len(items), length, width), np.float32)
    masks = np.zeros((len(items), length), np.float32)
    for row, (token, mask) in enumerate(items):
        tokens[row, : mask.shape[0]] = token
        masks[row, : mask.shape[0]] = mask
    return tokens, masks
