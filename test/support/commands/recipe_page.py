"""Runs the recipes of ``docs/recipes.md``, each in a folder with what it reads.

Needs nothing but the package, so that it can be started in an environment without pytest:
``python test/support/commands/recipe_page.py`` runs all of them in a temporary folder.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stdout
import io
import json
import os
from pathlib import Path
import re
import tempfile
import time
from unittest.mock import patch

import cv2
import numpy as np

from efficientsam3_ros.bags import BagWriter

PAGE = Path(__file__).resolve().parents[3] / 'docs' / 'recipes.md'
PICTURES = Path(__file__).parent / 'pictures'
FRAMES = 8
FPS = 10.0


def recipes(page: Path = PAGE) -> dict[str, str]:
    """Return the title and the code of every complete recipe."""
    sections = re.split('^## (.*)$', page.read_text(), flags=re.MULTILINE)[1:]
    blocks = {
        title: re.findall('```python\n(.*?)```', text, re.DOTALL)
        for title, text in zip(sections[::2], sections[1::2])
    }
    return {title: ''.join(codes) for title, codes in blocks.items() if codes}


def picture(index: int) -> np.ndarray:
    """Return RGB (480, 640, 3): a blue bowl moves to the left, a red mug to the right."""
    rgb = np.full((480, 640, 3), (150, 140, 125), np.uint8)
    for name, x in (('red_mug', 400 + 4 * index), ('blue_bowl', 110 - 4 * index)):
        # Drawn by the simulator; alpha is the mask.
        bgra = cv2.imread(str(PICTURES / f'{name}.png'), cv2.IMREAD_UNCHANGED)
        bgra = cv2.resize(bgra, None, fx=1.5, fy=1.5)
        height, width = bgra.shape[:2]
        place, alpha = rgb[200 : 200 + height, x : x + width], bgra[..., 3:] / 255.0
        place[:] = alpha * bgra[..., 2::-1] + (1 - alpha) * place
    return rgb


def prepare(folder: Path) -> None:
    """Write ``clip.mp4``, ``pictures`` and the bag ``recording``."""
    video = cv2.VideoWriter(
        str(folder / 'clip.mp4'), cv2.VideoWriter.fourcc(*'mp4v'), FPS, (640, 480)
    )
    (folder / 'pictures').mkdir()
    with BagWriter(folder / 'recording') as bag:
        for index in range(FRAMES):
            rgb = picture(index)
            video.write(rgb[..., ::-1])
            cv2.imwrite(str(folder / 'pictures' / f'{index:03}.png'), rgb[..., ::-1])
            bag.image('/camera/image_raw', rgb, 'rgb8', round(index * 1e9 / FPS), 'camera')
    video.release()


class FilmCamera:
    """A camera that shows ``clip.mp4`` at its rate and is then unplugged.

    No subclass of ``VideoCapture``: the garbage collector crashes on those.
    """

    def __init__(self, index: int) -> None:
        self._film = _VideoCapture('clip.mp4')
        self.isOpened = self._film.isOpened
        self.get = self._film.get
        self.release = self._film.release

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Wait for the next picture."""
        time.sleep(1 / FPS)
        return self._film.read()


_VideoCapture = cv2.VideoCapture


def run(code: str) -> str:
    """Run a recipe in the current folder; return what it printed."""
    printed = io.StringIO()

    def capture(source: int | str) -> object:
        return FilmCamera(source) if isinstance(source, int) else _VideoCapture(source)

    with patch('cv2.VideoCapture', capture), redirect_stdout(printed):
        exec(compile(code, PAGE.name, 'exec'), {'__name__': '__main__'})
    return printed.getvalue()


def _webcam(printed: str) -> None:
    lines = printed.splitlines()
    assert all(re.fullmatch(r'\d+ (red mug|blue bowl) \d\.\d\d \(.*\)', line) for line in lines)
    assert 'red mug' in printed
    assert 'blue bowl' in printed
    assert cv2.imread('live.jpg').shape == (480, 640, 3)


def _pictures(printed: str) -> None:
    names = sorted(path.name for path in Path('masks').iterdir())
    assert printed == f'{FRAMES} pictures, {len(names)} masks\n'
    # Each is found in most pictures, the mug always right of the bowl.
    for concept, left, right in (('red mug', 320, 640), ('blue bowl', 0, 320)):
        masks = [cv2.imread(f'masks/{name}', 0) for name in names if concept in name]
        assert len(masks) > FRAMES // 2
        assert all(mask[:, left:right].any() for mask in masks)


def _bag(printed: str) -> None:
    rows = [json.loads(line) for line in Path('mugs.jsonl').read_text().splitlines()]
    assert printed == '', 'no notes'
    assert len(rows) > FRAMES // 2
    assert {row['id'] for row in rows} == {1}
    assert rows[-1]['box'][0] > rows[0]['box'][0], 'it moves to the right'


def _exemplar(printed: str) -> None:
    lines = printed.splitlines()
    assert len(lines) > FRAMES // 2
    assert lines[0].startswith('0.00 s 1 mug (')


def _change(printed: str) -> None:
    lines = printed.splitlines()
    assert len(lines) == FRAMES
    assert "('red mug', 1)" in lines[3]
    assert 'blue bowl' not in ''.join(lines[:4])
    assert lines[-1] == f"{FRAMES - 1} [('red mug', 1), ('blue bowl', 2)]"


CHECKS: dict[str, Callable[[str], None]] = {
    'Webcam': _webcam,
    'Folder of pictures': _pictures,
    'rosbag without ROS': _bag,
    'Exemplar box': _exemplar,
    'Change prompts while running': _change,
}
"""What each recipe must have printed and written."""


def main() -> None:
    """Run every recipe of the page in a folder of its own."""
    for title, code in recipes().items():
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            prepare(Path(folder))
            start = time.perf_counter()
            printed = run(code)
            CHECKS[title](printed)
            os.chdir('/')
        print(f'{title}: {time.perf_counter() - start:.1f} s')


if __name__ == '__main__':
    main()
