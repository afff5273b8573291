"""Our launch files without launch, which has no wheel; the ``launch`` of PyPI is another thing."""

from __future__ import annotations

from collections.abc import Iterable
import importlib
import importlib.util
import json
from pathlib import Path
import sys
from types import ModuleType
from typing import Any

import pytest

LAUNCH = Path(__file__).resolve().parents[3] / 'launch'

_MODULES = (
    *('launch', 'launch.actions', 'launch.launch_description_sources', 'launch.substitutions'),
    *('launch_ros', 'launch_ros.actions', 'launch_ros.substitutions'),
)
_SHARED = 'efficientsam3_ros.nodes.launching.description'


class Recorded:
    """Stands for any launch class: keeps what it was made with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs


class Configuration(Recorded):
    """Stands for ``LaunchConfiguration``; the context is a dictionary."""

    def perform(self, context: dict[str, str]) -> str:
        """Return the argument's text."""
        return context[self.args[0]]


def load_launch_file(name: str, monkeypatch: pytest.MonkeyPatch | None = None) -> ModuleType:
    """Run a launch file, with stand-ins for launch if a monkeypatch is given."""
    if monkeypatch:
        pretend_launch(monkeypatch)
    # Whatever launch is there now, and not what an earlier test had.
    sys.modules.pop(_SHARED, None)
    importlib.import_module(_SHARED)
    return _run(LAUNCH / name)


def pretend_launch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put stand-ins in the place of launch."""
    _pretend(_MODULES, monkeypatch)
    sys.modules['launch.substitutions'].LaunchConfiguration = Configuration  # type: ignore


def load_launch_test(path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Run a file of tests for launch_testing with stand-ins; its decorators do nothing."""
    names = ('launch_testing', *(f'launch_testing.{n}' for n in ('actions', 'asserts')))
    _pretend((*_MODULES, *names), monkeypatch)
    fake: Any = sys.modules['launch_testing']
    fake.parametrize = fake.post_shutdown_test = lambda *_: lambda decorated: decorated
    return _run(path)


def _pretend(modules: Iterable[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in modules:
        fake = ModuleType(module)
        fake.__path__ = []
        fake.__getattr__ = lambda name: Recorded  # type: ignore[method-assign]
        monkeypatch.setitem(sys.modules, module, fake)


def _run(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.name.replace('.', '_'), path)
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def arguments_of(module: ModuleType) -> dict[str, Any]:
    """Return the arguments of a launch file with their defaults."""
    (entries,) = module.generate_launch_description().args
    return {e.args[0]: e.kwargs['default_value'] for e in entries if 'default_value' in e.kwargs}


def functions_of(module: ModuleType) -> list[Any]:
    """Return what a launch file runs, in this order."""
    (entries,) = module.generate_launch_description().args
    return [e.kwargs['function'] for e in entries if 'function' in e.kwargs]


def context_of(module: ModuleType, **given: str) -> dict[str, Any]:
    """Return the arguments as a launch line gives them; of files, the descriptions."""
    defaults = arguments_of(module)
    assert given.keys() <= defaults.keys()
    left_out = {n: d.perform(None) for n, d in defaults.items() if hasattr(d, 'perform')}
    return {**defaults, **left_out, **given}


def command_line(node: dict[str, Any], folder: Path) -> list[str]:
    """Return what launch_ros makes of the arguments of a node.

    Args:
        node: What ``LifecycleNode`` was made with.
        folder: Gets the parameters as a file.
    """
    file, *given = node['parameters']
    words = ['--params-file', file]
    for number, parameters in enumerate(given):
        path = folder / f'{node["namespace"].replace("/", "_")}_{node["name"]}_{number}.yaml'
        path.write_text(json.dumps({'/**': {'ros__parameters': parameters}}))
        words += ['--params-file', str(path)]
    rules = [('__node', node['name']), ('__ns', f'/{node["namespace"]}'), *node['remappings']]
    return [
        *(node['executable'], '--ros-args', *node['ros_arguments']),
        *(word for source, target in rules for word in ('-r', f'{source}:={target}')),
        *words,
    ]
