"""Sound inputs of every reader, which a test then damages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import shutil

import av
import cv2
from damage import BINARY, JSON, YAML, Damage
import meta_files
import miniatures
import numpy as np
import phrase_files
from recordings import stamp, write_recording
from ros1_recordings import write_ros1
from rosbags.rosbag1 import Writer as Ros1Writer
from scripted_engine import painted_frame
import still_files

from efficientsam3_ros.bags import BagWriter
from efficientsam3_ros.engine import find_bundle


@dataclass(frozen=True)
class Original:
    """A sound input.

    Attributes:
        make: Writes it into an empty folder.
        target: The file that comes to harm, a pattern under the folder.
        words: The command that reads it; ``{}`` is the folder.
        damages: What may happen to it.
    """

    make: Callable[[Path], object]
    target: str
    words: tuple[str, ...]
    damages: tuple[Damage, ...] = BINARY


def _track(source: str, *more: str) -> tuple[str, ...]:
    return ('track', '{}/' + source, '--prompts', 'red mug', *more)


def _evaluate(source: str, *more: str) -> tuple[str, ...]:
    return ('evaluate', '{}/' + source, '--no-overlay', '--no-cache', *more)


def _frame(index: int) -> np.ndarray:
    return painted_frame({'red': (4 + 2 * index, 6, 12, 10)}).rgb


def _picture(suffix: str, count: int = 1) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        for index in range(count):
            path = folder / f'{"other" if index else "pic"}{index}.{suffix}'
            assert cv2.imwrite(str(path), _frame(index)[..., ::-1])

    return make


def _video(name: str, codec: str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        with av.open(str(folder / name), 'w') as container:
            stream = container.add_stream(codec, rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
            if codec == 'mjpeg':
                stream.pix_fmt = 'yuvj420p'
            for index in range(8):
                frame = av.VideoFrame.from_ndarray(_frame(index), 'rgb24')
                container.mux(stream.encode(frame))
            container.mux(stream.encode())

    return make


def pictures() -> Iterator[Original]:
    for suffix in ('png', 'jpg', 'bmp', 'tiff', 'webp'):
        yield Original(_picture(suffix), 'pic0.*', _track(f'pic0.{suffix}', '--no-video'))
        yield Original(_picture(suffix, 3), 'pic0.*', _track('', '--no-video'))


def videos() -> Iterator[Original]:
    for name, codec in (('a.mp4', 'mpeg4'), ('a.mkv', 'mpeg4'), ('a.avi', 'mjpeg')):
        yield Original(_video(name, codec), 'a.*', _track(name))


def _bag(name: str, storage: str) -> Callable[[Path], object]:
    return lambda folder: write_recording(folder / name, storage=storage)


def _ros1_bag(folder: Path) -> None:
    write_ros1(folder / 'a.bag', compression=Ros1Writer.CompressionFormat.LZ4)


def bags() -> Iterator[Original]:
    for words in (_track, _evaluate):
        yield Original(_bag('a.mcap', 'mcap'), 'a.mcap', words('a.mcap'))
        yield Original(_bag('a', 'sqlite3'), 'a/*.db3', words('a'))
        yield Original(_bag('a', 'mcap'), 'a/metadata.yaml', words('a'), YAML)
        yield Original(_ros1_bag, 'a.bag', words('a.bag'))


def _label_bag(folder: Path) -> None:
    with BagWriter(folder / 'run.mcap') as bag:
        for index in range(3):
            bag.image('/camera/image_raw', miniatures.gray(index), 'rgb8', stamp(index), 'camera')
            ids = miniatures.two_objects(index).astype(np.uint16)
            bag.image('/camera/ground_truth/labels', ids, '16UC1', stamp(index), 'camera')
    (folder / 'labels.json').write_text(json.dumps({'1': 'red mug', '2': 'bowl'}))


def _coco_bag(folder: Path) -> None:
    write_recording(folder / 'run.mcap', with_truth=False)
    square = [[2.0, 3.0, 12.0, 3.0, 12.0, 9.0, 2.0, 9.0]]
    about = {
        'images': [{'id': 1, 'frame_index': 0}, {'id': 2, 'stamp_ns': stamp(1)}],
        'annotations': [
            {'image_id': 1, 'track_id': 4, 'category_id': 7, 'segmentation': square},
            {
                'image_id': 2,
                'track_id': 4,
                'category_id': 7,
                'segmentation': miniatures.to_coco(miniatures.bar(2)),
            },
        ],
        'categories': [{'id': 7, 'name': 'red mug'}, {'id': 8, 'name': 'bowl'}],
    }
    (folder / 'truth.json').write_text(json.dumps(about))


def truth() -> Iterator[Original]:
    yield Original(
        lambda folder: miniatures.davis(folder / 'd', ('bear',)),
        'd/Annotations/480p/bear/00000.png',
        _evaluate('d'),
    )
    yield Original(
        lambda folder: miniatures.sav_train(folder / 'd'),
        'd/sav_000001_manual.json',
        _evaluate('d'),
        JSON,
    )
    yield Original(
        lambda folder: meta_files.youtube_vos(folder / 'd'),
        'd/train/meta.json',
        _evaluate('d'),
        JSON,
    )
    yield Original(
        lambda folder: miniatures.veval(folder / 'd'),
        'd/annotation/*.json',
        _evaluate('d/annotation/saco_veval_sav_val.json', '--media', '{}/d/media/saco_sav'),
        JSON,
    )
    annotations = ('--annotations', '{}/truth.json')
    yield Original(_coco_bag, 'truth.json', _evaluate('run.mcap', *annotations), JSON)
    labels = ('--labels', '{}/labels.json')
    yield Original(_label_bag, 'labels.json', _evaluate('run.mcap', *labels), JSON)


def _rgbd(folder: Path) -> None:
    still_files.rgbd(folder)
    for number in (2, 10):
        rgb = painted_frame({'red': (10, 6, 12, 10)}).rgb[: miniatures.HEIGHT, : miniatures.WIDTH]
        assert cv2.imwrite(str(folder / f'learn{number}_rgb.jpg'), rgb[..., ::-1])


def stills() -> Iterator[Original]:
    for target, damages in (('instances_val.json', JSON), ('images/0000.jpg', BINARY)):
        yield Original(still_files.coco, target, _evaluate(''), damages)
    gold = phrase_files.GOLD.format('b')
    yield Original(phrase_files.gold, gold, _evaluate(''), JSON)
    yield Original(phrase_files.lvis, 'lvis_v1_val.json', _evaluate(''), JSON)
    for target in ('names.json', 'learn2_inst.png', 'learn2_depth.png', 'camera.json'):
        damages = JSON if target.endswith('.json') else BINARY
        yield Original(_rgbd, target, _evaluate(''), damages)
    for target in ('learn2_rgb.jpg', 'learn2_depth.png', 'camera.json'):
        damages = JSON if target.endswith('.json') else BINARY
        yield Original(_rgbd, target, _track('', '--point-cloud', '--no-video'), damages)


def _bundle(folder: Path) -> None:
    source = find_bundle()
    (folder / 'bundle').mkdir()
    shutil.copyfile(source / 'manifest.json', folder / 'bundle/manifest.json')
    for graph in source.glob('*.onnx'):
        (folder / 'bundle' / graph.name).symlink_to(graph)
    _picture('png')(folder)


def manifests() -> Iterator[Original]:
    words = _track('pic0.png', '--no-video', '--bundle', '{}/bundle', '--threads', '1')
    yield Original(_bundle, 'bundle/manifest.json', words, JSON)


def _parameters(folder: Path) -> None:
    shipped = Path(__file__).resolve().parents[3] / 'config' / 'tracker.yaml'
    shutil.copyfile(shipped, folder / 'tracker.yaml')
    _picture('png')(folder)


def _few_parameters(folder: Path) -> None:
    (folder / 'tracker.yaml').write_text('tracking:\n  keep_ratio: 0.5\n  memory: false\n')
    _picture('png')(folder)


def parameters() -> Iterator[Original]:
    words = _track('pic0.png', '--no-video', '--params', '{}/tracker.yaml')
    yield Original(_parameters, 'tracker.yaml', words, YAML)
    yield Original(_few_parameters, 'tracker.yaml', words, YAML)


READERS: dict[str, Callable[[], Iterator[Original]]] = {
    'pictures': pictures,
    'videos': videos,
    'bags': bags,
    'truth': truth,
    'stills': stills,
    'manifests': manifests,
    'parameters': parameters,
}
"""Everything that a command line reads, by what it is."""
