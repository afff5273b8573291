"""Make ``docs/images/overview.jpg``: ``python docs/make_overview.py`` (about three minutes).

The film of ``efficientsam3 demo`` with its prompts, every frame of it tracked, so that the same
machine makes the same picture; the demonstration itself loses frames where a machine is slow.
"""

from __future__ import annotations

from pathlib import Path
import tempfile

import cv2

from efficientsam3_ros.cli.demo import SEED, shown_concepts
from efficientsam3_ros.cli.main import main as efficientsam3

IMAGE = Path(__file__).resolve().parent / 'images' / 'overview.jpg'
PACK, SECONDS, QUALITY = 'printed', 20.0, 82


def run(*words: object) -> None:
    """Run a verb of the command line."""
    if efficientsam3([*map(str, words)]):
        raise SystemExit(f'{words[0]} failed.')


def main() -> None:
    """Simulate, track and write."""
    prompts = ', '.join(shown_concepts(None, PACK, SEED, SECONDS))
    with tempfile.TemporaryDirectory() as folder:
        clip, out = Path(folder, 'clip.mcap'), Path(folder, 'out')
        scene = '--pack', PACK, '--seed', SEED, '--seconds', SECONDS, '--concepts', prompts
        run('simulate', *scene, '--no-depth', '--out', clip)
        run('track', clip, '--prompts', prompts, '--no-video', '--out', out)
        sheet = cv2.imread(str(out / 'contact_sheet.png'))
    cv2.imwrite(str(IMAGE), sheet, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


if __name__ == '__main__':
    main()
