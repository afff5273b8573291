"""Engines without a network: one returns what a test scripts, one sees coloured things."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from efficientsam3_ros.core import Frame, Manifest, Preprocess
from efficientsam3_ros.core.manifest import Graph
from efficientsam3_ros.engine import EngineError, Value

WORDS = ('red', 'green', 'blue', 'mug', 'block', 'tool')
WIDTH = 16
QUERIES = 8
GRAPHS = {
    'image_encoder': (('image',), ('level_0', 'level_1')),
    'text_encoder': (('token_ids',), ('text_tokens', 'text_mask')),
    'detector': (
        ('level_1', 'prompt_tokens', 'prompt_mask'),
        ('scores', 'presence', 'boxes', 'mask_logits', 'embeddings'),
    ),
}
EXEMPLAR_GRAPH = (
    ('level_1', 'boxes', 'box_labels', 'points', 'point_labels'),
    ('exemplar_tokens',),
)
CLASS_TOKEN_GRAPH = (
    (*EXEMPLAR_GRAPH[0], 'box_valid', 'point_valid'),
    ('exemplar_tokens', 'exemplar_mask'),
)
CLASS_TOKEN = -9.0


def make_manifest(
    height: int = 48,
    width: int = 64,
    threshold: float = 0.5,
    exemplars: bool = False,
    class_token: bool = False,
    presence_gate: float = 1.0,
) -> Manifest:
    """Describe a bundle that exists in memory only; a class token is for every prompt."""
    graphs = dict(GRAPHS)
    if exemplars or class_token:
        graphs['exemplar_encoder'] = CLASS_TOKEN_GRAPH if class_token else EXEMPLAR_GRAPH
    return Manifest(
        name='scripted',
        preprocess=Preprocess(height, width),
        words=WORDS,
        context=4,
        width=WIDTH,
        threshold=threshold,
        license='Apache-2.0',
        presence_gate=presence_gate,
        graphs={n: Graph(f'{n}.onnx', '', i, o) for n, (i, o) in graphs.items()},
        always_exemplar=class_token,
    )


def look(index: int, strength: float = 1.0) -> tuple[float, ...]:
    """Return the index-th of 16 orthogonal appearances; less strength mixes in the next one."""
    values = np.zeros(WIDTH)
    values[index % WIDTH] = strength
    values[(index + 1) % WIDTH] = np.sqrt(max(0.0, 1 - strength**2))
    return tuple(values)


@dataclass(frozen=True)
class Seen:
    """One thing in view, in pixels of the network input.

    The detector reports ``score``; a video memory knows the thing by ``who`` (1, 2, ...) and
    reports the other two (``remembering_engine``).
    """

    x: int
    y: int
    w: int = 10
    h: int = 10
    concept: str = 'red mug'
    score: float = 0.9
    embedding: tuple[float, ...] = field(default_factory=lambda: look(0))
    who: int = 0
    memory_score: float = 0.95
    memory_quality: float = 0.9
    mask_logit: float = 5.0


class FakeEngine:
    """``Engine`` whose detector asks ``see`` for each concept; counts the runs of each graph.

    ``presence`` is what it says of every concept.
    """

    def __init__(self, manifest: Manifest | None = None) -> None:
        self.manifest = manifest or make_manifest()
        self.runs: dict[str, int] = dict.fromkeys(self.manifest.graphs, 0)
        self.prompt_tokens = np.zeros((0, 0, WIDTH), np.float32)
        self.prompt_mask = np.zeros((0, 0), np.float32)
        self.presence = 1.0
        self.closed = False

    def see(self, image: np.ndarray, concept: str) -> Sequence[Seen]:
        """Return what answers the concept in the network input uint8 (H, W, 3)."""
        raise NotImplementedError

    def run(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Run a graph by the method of its name."""
        if graph not in self.runs:
            raise EngineError(f'No graph "{graph}".')
        if set(inputs) != set(self.manifest.graphs[graph].inputs):
            raise EngineError(f'Graph "{graph}" got {sorted(inputs)}.')
        self.runs[graph] += 1
        return self.graph_methods()[graph](inputs)

    def graph_methods(self) -> dict[str, Callable[[Mapping[str, Value]], dict[str, Value]]]:
        """Return graph name to what computes it."""
        return {
            'image_encoder': self._encode_image,
            'text_encoder': self._encode_text,
            'exemplar_encoder': self._encode_exemplars,
            'detector': self._detect,
        }

    def to_numpy(self, value: Value) -> np.ndarray:
        """Open the handle of a feature level; arrays pass."""
        return np.asarray(value)

    def close(self) -> None:
        """Note the end."""
        self.closed = True

    def _encode_image(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        image = np.rint((inputs['image'][0].transpose(1, 2, 0) * 0.5 + 0.5) * 255)
        return {'level_0': inputs['image'], 'level_1': image.astype(np.uint8)}

    def _encode_text(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        ids = inputs['token_ids']
        tokens = np.zeros((*ids.shape, WIDTH), np.float32)
        tokens[..., 0] = ids
        return {'text_tokens': tokens, 'text_mask': (ids > 0).astype(np.float32)}

    def _encode_exemplars(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        labels = np.concatenate((inputs['box_labels'], inputs['point_labels']), axis=1)
        tokens = np.zeros((*labels.shape, WIDTH), np.float32)
        tokens[..., 0] = -1 - labels  # no word id, so the words stay readable
        if 'box_valid' not in inputs:
            return {'exemplar_tokens': tokens}
        valid = np.concatenate((inputs['box_valid'], inputs['point_valid']), axis=1)
        last = np.full((len(tokens), 1, WIDTH), CLASS_TOKEN, np.float32)
        mask = np.pad(valid, ((0, 0), (0, 1)), constant_values=1)
        return {'exemplar_tokens': np.concatenate((tokens, last), 1), 'exemplar_mask': mask}

    def _detect(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        tokens, mask = inputs['prompt_tokens'], inputs['prompt_mask']
        self.prompt_tokens, self.prompt_mask = tokens, mask
        height, width = self.manifest.preprocess.height, self.manifest.preprocess.width
        count = len(tokens)
        out = {
            'scores': np.zeros((count, QUERIES), np.float32),
            'presence': np.full(count, self.presence, np.float32),
            'boxes': np.zeros((count, QUERIES, 4), np.float32),
            'mask_logits': np.full((count, QUERIES, height, width), -5, np.float32),
            'embeddings': np.zeros((count, QUERIES, WIDTH), np.float32),
        }
        for k in range(count):
            ids = [int(v) for v in tokens[k, :, 0] if v > 1]
            concept = ' '.join(WORDS[i - 2] for i in ids)
            for q, thing in enumerate(self.see(inputs['level_1'], concept)):
                out['scores'][k, q] = thing.score
                cx, cy = thing.x + thing.w / 2, thing.y + thing.h / 2
                size = np.array((width, height, width, height))
                out['boxes'][k, q] = np.array((cx, cy, thing.w, thing.h)) / size
                y0, x0 = max(0, thing.y), max(0, thing.x)
                out['mask_logits'][k, q, y0 : thing.y + thing.h, x0 : thing.x + thing.w] = (
                    thing.mask_logit
                )
                out['embeddings'][k, q] = thing.embedding
        return out


class ScriptedEngine(FakeEngine):
    """Reports ``scene``, which a test changes between frames."""

    def __init__(self, manifest: Manifest | None = None) -> None:
        super().__init__(manifest)
        self.scene: Sequence[Seen] = ()

    def see(self, image: np.ndarray, concept: str) -> Sequence[Seen]:
        """Return the scripted things of the concept."""
        return [thing for thing in self.scene if thing.concept == concept]


class ColorEngine(FakeEngine):
    """Finds connected areas of the colour that the concept names: red, green or blue."""

    def see(self, image: np.ndarray, concept: str) -> Sequence[Seen]:
        """Return the boxes of strongly coloured areas."""
        channel = next((i for i, word in enumerate(WORDS[:3]) if word in concept), None)
        if channel is None:
            return ()
        others = np.delete(image, channel, axis=2).max(axis=2)
        bits = (image[..., channel] > 150) & (others < 100)
        count, _, stats, _ = cv2.connectedComponentsWithStats(bits.astype(np.uint8))
        return [
            Seen(*(int(v) for v in stats[i, :4]), concept=concept, embedding=look(channel))
            for i in range(1, min(count, QUERIES + 1))
        ]


def frame_of(height: int = 48, width: int = 64, stamp_ns: int = 0) -> Frame:
    """Return a grey frame of the fake network's size."""
    return Frame(np.full((height, width, 3), 128, np.uint8), stamp_ns, 'camera_optical_frame')


def painted_frame(
    boxes: Mapping[str, tuple[int, int, int, int]],
    height: int = 48,
    width: int = 64,
    stamp_ns: int = 0,
) -> Frame:
    """Return a frame with one filled box (x, y, w, h) of each named colour."""
    rgb = np.full((height, width, 3), 90, np.uint8)
    for color, (x, y, w, h) in boxes.items():
        rgb[y : y + h, x : x + w] = [255 if name == color else 10 for name in WORDS[:3]]
    return Frame(rgb, stamp_ns, 'camera_optical_frame')
