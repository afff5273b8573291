"""System packages: what must be there, and apt where the user may."""

from __future__ import annotations

from collections.abc import Callable
import ctypes
from dataclasses import dataclass
import importlib.util
import os
from pathlib import Path
import platform
import re
import shutil
import subprocess
import sysconfig

from steps import StepError, run_quietly, say, step

# Deferred calls in cmake/pypi_ros_wheels.cmake.
_CMAKE_AT_LEAST = (3, 19)
_DRIVER_PATTERNS = ('*/dri/swrast_dri.so', '*/dri/libdril_dri.so', '*/libgallium-*.so')


@dataclass(frozen=True)
class Requirement:
    """One thing of the system.

    Attributes:
        package: Debian/Ubuntu package that brings it.
        purpose: What it is needed for.
        present: Tells whether it is there.
    """

    package: str
    purpose: str
    present: Callable[[], bool]


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_cmake() -> bool:
    if not shutil.which('cmake'):
        return False
    text = subprocess.run(['cmake', '--version'], capture_output=True, text=True, check=False)
    found = re.search(r'(\d+)\.(\d+)', text.stdout)
    return bool(found) and tuple(map(int, found.groups())) >= _CMAKE_AT_LEAST


def _has_software_gl() -> bool:
    roots = [root for root in (Path('/usr/lib'), Path('/usr/lib64')) if root.is_dir()]
    return any(any(root.glob(pattern)) for root in roots for pattern in _DRIVER_PATTERNS)


def _has_venv() -> bool:
    return all(importlib.util.find_spec(name) for name in ('venv', 'ensurepip'))


def _has_python_headers() -> bool:
    return (Path(sysconfig.get_paths()['include']) / 'Python.h').is_file()


REQUIREMENTS = (
    Requirement('g++', 'compiles the messages', lambda: bool(shutil.which('g++'))),
    Requirement('cmake', 'generates the messages (3.19 or newer)', _has_cmake),
    Requirement('make', 'compiles the messages', lambda: bool(shutil.which('make'))),
    Requirement('python3-venv', 'makes the environment', _has_venv),
    Requirement('python3-dev', 'headers for the messages', _has_python_headers),
    Requirement('libegl1', 'renders the simulation', lambda: _has_library('libEGL.so.1')),
    Requirement('libopengl0', 'renders the simulation', lambda: _has_library('libOpenGL.so.0')),
    Requirement('libgl1-mesa-dri', 'renders without a graphics card', _has_software_gl),
)

BROWSER = Requirement(
    'chromium',
    'opens the reports in a test',
    lambda: any(map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))),
)


def check_platform() -> None:
    """Refuse a machine for which there are no ROS 2 wheels.

    Raises:
        StepError: On anything but x86_64 Linux.
    """
    if platform.system() != 'Linux' or platform.machine() != 'x86_64':
        raise StepError(
            f'ROS 2 as Python wheels exists for x86_64 Linux only, this is {platform.machine()} '
            f'{platform.system()}. Build with colcon instead: see docs/installation.md.'
        )


def ensure_packages() -> None:
    """Install the missing system packages, or say exactly which command does.

    Raises:
        StepError: If some are missing and this user may not install them.
    """
    missing = [item for item in REQUIREMENTS if not item.present()]
    if not missing:
        return
    for item in missing:
        say(f'missing: {item.package} ({item.purpose})')
    names = [item.package for item in missing]
    prefix = _privilege()
    if prefix is None or not shutil.which('apt-get'):
        raise StepError(
            'Please install the missing system packages and start again:\n'
            f'  sudo apt-get update && sudo apt-get install -y {" ".join(names)}'
        )
    _install(prefix, names)
    still = [item.package for item in missing if not item.present()]
    if still:
        raise StepError(
            f'Installed, yet still not usable: {", ".join(still)}. The package may be too old, '
            'or another python3 or cmake may come first on PATH.'
        )


def offer(item: Requirement) -> None:
    """Install something that is of use but not needed, where this user may."""
    prefix = _privilege()
    if item.present():
        return
    say(f'missing: {item.package} ({item.purpose})')
    if prefix is None or not shutil.which('apt-get'):
        say(f'going on without it; to have it: sudo apt-get install -y {item.package}')
        return
    try:
        _install(prefix, [item.package])
    except StepError as error:
        say(f'going on without it: {error}')


def _install(prefix: list[str], names: list[str]) -> None:
    env = dict(os.environ, DEBIAN_FRONTEND='noninteractive')
    with step('installing with apt-get'):
        run_quietly([*prefix, 'apt-get', 'update'], env, Path('/'))
        install = ['apt-get', 'install', '-y', '--no-install-recommends', *names]
        run_quietly([*prefix, *install], env, Path('/'))


def _privilege() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which('sudo'):
        probe = subprocess.run(['sudo', '-n', 'true'], capture_output=True, check=False)
        if probe.returncode == 0:
            return ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive']
    return None
