"""A real browser without a window, for tests of pages."""

from __future__ import annotations

import os
from pathlib import Path
import shutil
import subprocess

NAMES = 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'


def find_browser() -> str | None:
    """Return the browser's command, None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def open_page(browser: str, url: str, profile: Path, *options: str) -> tuple[str, str]:
    """Return what a page became after its scripts ran, and the browser's log.

    Args:
        browser: Command.
        url: Of the page.
        profile: New folder for the browser's own files.
        options: E.g. '--window-size=400,900'.
    """
    command = [
        *(browser, '--headless', '--disable-gpu', '--disable-quic', '--no-first-run'),
        *('--disable-background-networking', '--disable-component-update', '--disable-sync'),
        *('--enable-logging=stderr', '--v=0', f'--user-data-dir={profile}', *options),
        *(['--no-sandbox'] if os.geteuid() == 0 else []),
        *('--dump-dom', url),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90)
    return done.stdout, done.stderr
