"""Damaged pictures and videos: results or one sentence, never a traceback, a hang or a change."""

from collections.abc import Callable
import hashlib
from pathlib import Path
from random import Random
import time

import cv2
from films import SIZE, write_film
import numpy as np
import pytest
from scripted_engine import ColorEngine

from efficientsam3_ros.cli import track
from efficientsam3_ros.cli.main import main

ROUNDS = 104
LIMIT_S = 10
NOISE = np.random.default_rng(0).integers(0, 255, (12, SIZE[1], SIZE[0], 3), np.uint8)


def _overwrite(data: bytearray, at: int, new: bytes) -> bytearray:
    return data[:at] + new + data[at + len(new) :]


KINDS: dict[str, Callable[[bytearray, Random], bytearray]] = {
    'cut': lambda d, r: d[: r.randrange(len(d))],
    'beginning lost': lambda d, r: d[r.randrange(len(d)) :],
    'one bit': lambda d, r: _overwrite(d, at := r.randrange(len(d)), bytes([d[at] ^ 4])),
    'zeros': lambda d, r: _overwrite(d, r.randrange(len(d)), bytes(200)),
    'noise': lambda d, r: _overwrite(d, r.randrange(len(d)), r.randbytes(100)),
    'bytes lost': lambda d, r: d[: (at := r.randrange(len(d)))] + d[at + r.randrange(1, 50) :],
    'bytes added': lambda d, r: d[: (at := r.randrange(len(d)))] + r.randbytes(30) + d[at:],
    'large numbers': lambda d, r: _overwrite(
        d, r.randrange(min(len(d), 300)), b'\xff\xff\xff\x7f'
    ),
    'empty': lambda d, r: bytearray(),
}


def picture(suffix: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / f'good{suffix}'
        assert cv2.imwrite(str(path), NOISE[0])
        return path

    return write


def film(name: str, codec: str) -> Callable[[Path], Path]:
    return lambda folder: write_film(folder / name, range(0, 480, 40), codec, pictures=NOISE)


@pytest.mark.slow
@pytest.mark.parametrize(
    'write',
    [
        *(picture(suffix) for suffix in ('.png', '.jpg', '.bmp', '.tiff', '.webp')),
        *(film('good.mp4', 'mpeg4'), film('good.mkv', 'mpeg4'), film('good.avi', 'mpeg4')),
        film('good.webm', 'libvpx'),
    ],
    ids=['png', 'jpeg', 'bmp', 'tiff', 'webp', 'mp4', 'mkv', 'avi', 'webm'],
)
def test_damage_gives_results_or_one_sentence(write, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(track, 'load_engine', lambda *_: ColorEngine())
    random = Random(15)
    good = write(tmp_path)
    kinds = list(KINDS.items())
    for index in range(ROUNDS):
        kind, damage = kinds[index % len(kinds)]
        path = tmp_path / f'damaged{good.suffix}'
        path.write_bytes(damage(bytearray(good.read_bytes()), random))
        before = hashlib.sha256(path.read_bytes()).digest()
        out = tmp_path / f'out{index}'
        start = time.monotonic()
        words = ['track', str(path), '--prompts', 'red mug', '--out', str(out), '--no-video']
        code = main(words)
        assert time.monotonic() - start < LIMIT_S, (kind, index)
        told = capsys.readouterr().err
        assert 'Traceback' not in told and 'bug' not in told, (kind, index, told)
        assert hashlib.sha256(path.read_bytes()).digest() == before
        names = {p.name for p in out.iterdir()} if out.exists() else set()
        if code == 0:
            assert {'instances.jsonl', 'instances.mcap', 'contact_sheet.png'} <= names
        else:
            assert code == 2, (kind, index, told)
            assert str(path) in told, (kind, index, told)
            assert not names
