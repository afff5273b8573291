"""Runs the steps of a pipeline; what is finished is not run again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import importlib
import json
from pathlib import Path
import subprocess
import sys

from efficientsam3_ros.core.writing.atomic import write_json
from training.pipeline.plan import Pipeline, PipelineStep, digest
from training.settings.reading import ConfigError

TRAININGS = (
    *('training.supervised', 'training.align'),
    *('training.stage1', 'training.stage2', 'training.stage3'),
)
"""What runs as several processes, and can tell before what it takes."""
STATE = 'finished.json'
Runner = Callable[[str, list[str]], int]
"""Runs a module's command line and returns its exit code."""


def run_module(module: str, words: list[str]) -> int:
    """Run a module of training in this process."""
    code: int = importlib.import_module(_main_of(module)).main(words)
    return code


def module_runner(processes: int) -> Runner:
    """Return what runs modules, trainings as so many processes.

    Args:
        processes: Of a training on this machine, one a GPU; torchrun starts them.
    """

    def run(module: str, words: list[str]) -> int:
        if processes == 1 or module not in TRAININGS:
            return run_module(module, words)
        launcher = ('torch.distributed.run', '--standalone', '--nproc-per-node', str(processes))
        command = [sys.executable, '-m', *launcher, '-m', module, *words]
        return subprocess.run(command, check=False).returncode

    return run


def _main_of(module: str) -> str:
    """Return where a module's ``main`` is: packages have it in ``__main__``."""
    found = importlib.import_module(module)
    return f'{module}.__main__' if hasattr(found, '__path__') else module


def finished_steps(folder: Path) -> dict[str, str]:
    """Return what was finished, name to digest.

    Raises:
        ConfigError: If the file is damaged.
    """
    path = folder / STATE
    if not path.is_file():
        return {}
    try:
        state = json.loads(path.read_text())
        return {str(name): str(value) for name, value in state.items()}
    except (ValueError, AttributeError) as error:
        raise ConfigError(f'{path} is damaged ({error}); delete it to begin anew.') from error


def run_steps(
    pipeline: Pipeline, folder: Path, run: Runner = run_module, tell: Callable[[str], None] = print
) -> int:
    """Run what is not finished yet; return the exit code of the step that failed, else 0.

    Args:
        pipeline: What to run.
        folder: Of the pipeline; it is there.
        run: Runs a command.
        tell: Told what is run and what is not.

    Raises:
        ConfigError: If a finished step was another one, or a step did not make what it promised.
    """
    done, before = finished_steps(folder), ''
    for step in pipeline.filled():
        before = digest(step, before)
        if is_finished(step, folder, done, before):
            tell(f'{step.name}: finished before')
            continue
        words = step.arguments(folder)
        tell(f'{step.name}: python -m {step.module} {" ".join(words)}')
        if code := run(step.module, words):
            tell(f'{step.name} ended with {code}; the same command goes on with it.')
            return code
        if not (folder / step.makes).exists():
            raise ConfigError(f'{step.name} ended without {folder / step.makes}.')
        done[step.name] = before
        write_json(folder / STATE, done)
    return 0


def is_finished(step: PipelineStep, folder: Path, done: Mapping[str, str], now: str) -> bool:
    """Tell whether a step was run and its product is still there.

    Args:
        step: With values filled in.
        folder: Of the pipeline.
        done: What was finished.
        now: The step's digest.

    Raises:
        ConfigError: If it was run with other settings, or after other steps.
    """
    if step.name not in done:
        return False
    if done[step.name] != now:
        raise ConfigError(
            f'{step.name} was finished with other settings, or after other steps. Choose another '
            f'--out folder, or delete the entry in {folder / STATE} and {folder / step.makes}.'
        )
    return (folder / step.makes).exists()
