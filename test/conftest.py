"""Shared by all tests: one thread, exported networks, scripted engines, a DDS domain per test."""

from __future__ import annotations

from collections.abc import Iterator
import gc
import os
from pathlib import Path
import sys
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / 'support/session'))

from rooms import enter  # noqa: E402

enter()

# Before anything that reads the environment when it is imported.
import single_thread  # noqa: E402

os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
os.environ['ROS_PYTHON_CHECK_FIELDS'] = '1'

# Containers often forbid to keep compiled modules. Every worker, node and command that a test
# starts would compile the same two hundred files again.
os.environ.pop('PYTHONDONTWRITEBYTECODE', None)
sys.dont_write_bytecode = False

# torch's compiler imports Triton wherever it is installed, and Triton brings an LLVM of its own.
# In a process in which Mesa has rendered with another one, that ends in a segmentation fault. No
# test compiles for a GPU.
sys.modules.setdefault('triton', None)  # type: ignore[arg-type]

from dds_domain import claim_domain  # noqa: E402
from export_store import (  # noqa: E402
    ExportStore,
    digest,
    refuse_other_operators_early,
    reuse_operator_table,
    skip_type_promotion,
)
from optional_module import TRAINING, OptionalModule, all_installed  # noqa: E402
from quick_qos import remember_qos  # noqa: E402
from scripted_engine import ColorEngine, ScriptedEngine  # noqa: E402
from shared_processes import make_scheduler, shares_networks  # noqa: E402

single_thread.limit_libraries()
remember_qos()

collect_ignore = [] if all_installed(TRAINING) else ['training']

# Files of more than ten seconds begin first, so that all workers end at about the same time.
_LONGEST = (
    *('test_simulated.py', 'test_modes.py', 'test_supervised.py', 'test_run.py'),
    *('test_browser.py', 'test_stage2.py', 'test_runner.py', 'test_tracking_properties.py'),
    *('test_demo.py', 'test_interrupted.py', 'test_tabletop.py', 'test_suites.py'),
    *('test_processes.py', 'test_parameters.py', 'test_simulate.py', 'test_cold_start.py'),
    *('test_main.py', 'test_prompt_services.py', 'test_recipes.py', 'test_full_disk.py'),
    'test_stage1.py',
)
# pytest-xdist names its processes gw0, gw1 ...
_WORKER = int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw'))
_EXPORTING = (
    *('exported_students.py', 'exported_nano.py', 'tiny_student.py'),
    *('random_weights.py', 'sam3_heads.py'),
)


@pytest.fixture
def scripted_engine() -> ScriptedEngine:
    """Return an engine that reports its ``scene``."""
    return ScriptedEngine()


@pytest.fixture
def color_engine() -> ColorEngine:
    """Return an engine that finds red, green and blue areas."""
    return ColorEngine()


@pytest.fixture(scope='session')
def export_store(pytestconfig: pytest.Config) -> ExportStore:
    """Return the store of exported networks; ``pytest --cache-clear`` empties it."""
    package = ROOT.parent / 'efficientsam3_ros'
    made_by = (ROOT / 'support/networks' / name for name in _EXPORTING)
    reuse_operator_table()
    refuse_other_operators_early()
    skip_type_promotion()
    key = digest([package / 'model', package / 'core', *made_by])
    return ExportStore(pytestconfig.cache.mkdir('exports'), key)


# In the way that pytest 6, which Humble has, knows as well.
@pytest.hookimpl(hookwrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep what importing makes, half a million objects, out of every later garbage collection."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


if hasattr(pytest, 'version_tuple'):

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module:
        """Come before launch_testing's hook, which ends the collection at the first skip."""
        return OptionalModule.from_parent(parent, path=module_path)
else:  # pytest 6

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(path: Any, parent: pytest.Collector) -> pytest.Module:
        """Do the same."""
        return OptionalModule.from_parent(parent, fspath=path)


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Let every other process begin with the last file.

    The first run compiles a thousand files: two processes that meet in the middle compile half
    of them each.
    """
    outcome = yield
    if _WORKER % 2 and not isinstance(collector, pytest.Module | pytest.Class):
        outcome.get_result().result.reverse()


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Give networks at full size the time that they need, and begin with the longest files.

    The order is the same in all processes.
    """
    items.sort(key=_place)
    yield
    for item in items:
        if item.get_closest_marker('slow'):
            item.add_marker(pytest.mark.timeout(3600))
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, int, str]:
    file = item.nodeid.partition('::')[0]
    name = file.rpartition('/')[2]
    urgency = _LONGEST.index(name) if name in _LONGEST else len(_LONGEST)
    return not shares_networks(file), urgency, file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let files that load the same large libraries share a process."""
    return make_scheduler(config, log) if config.getoption('dist') == 'loadfile' else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let no other run hear the messages of this one."""
    if item.get_closest_marker('dds'):
        os.environ['ROS_DOMAIN_ID'] = str(claim_domain())
