"""Our launch files without launch, which has no wheel; the ``launch`` of PyPI is another thing."""

from __future__ import annotations

import importlib.util
from pathlib import Path
import sys
from types import ModuleType
from typing import Any

import pytest

LAUNCH = Path(__file__).resolve().parents[2] / 'launch'

_MODULES = (
    *('launch', 'launch.actions', 'launch.launch_description_sources', 'launch.substitutions'),
    *('launch_ros', 'launch_ros.actions', 'launch_ros.substitutions'),
)


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
        for module in _MODULES:
            fake = ModuleType(module)
            fake.__path__ = []
            fake.__getattr__ = lambda name: Recorded  # type: ignore[method-assign]
            monkeypatch.setitem(sys.modules, module, fake)
        sys.modules['launch.substitutions'].LaunchConfiguration = Configuration  # type: ignore
    spec = importlib.util.spec_from_file_location(name.replace('.', '_'), LAUNCH / name)
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found
