"""What a run starts with: weights, their settings, and the bundle that was exported from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.engine.bundles import refuse_renamed
from efficientsam3_ros.model.export.graph import difference
from efficientsam3_ros.model.export.plans import nano_plans
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.vocabulary import Vocabulary
from training.finetune.settings import FinetuneConfig
from training.network.initial_weights import WeightError
from training.runtime.checkpoint import CHECKPOINT, SETTINGS
from training.settings.reading import ConfigError

_TRAINING = Path(__file__).parents[1]
_SETTINGS_OF = {'nano': 'nano.yaml'}
"""Bundle of the package to the settings that its weights were trained with."""
_MOST_DIFFERENCE = 1e-3


@dataclass(frozen=True)
class Start:
    """What a run starts with.

    Attributes:
        weights: State dict of a student, or a checkpoint.
        settings: YAML file of the run that made them.
        bundle: Folder of the bundle that was exported from them.
    """

    weights: Path
    settings: Path
    bundle: Path


def find_start(name: str, bundle: str = '', settings: Path | None = None) -> Start:
    """Return what a name or path stands for.

    Args:
        name: A bundle of the package whose weights come with the sources; the folder of a run;
            or a file of weights.
        bundle: The bundle that was exported from a run or file.
        settings: YAML file of the run that made a file of weights.

    Raises:
        ConfigError: If something is missing; the message says what.
        BundleError: If there is no such bundle.
    """
    path = Path(name)
    if path.is_dir():
        weights, found = path / CHECKPOINT, settings or path / SETTINGS
        if not weights.is_file():
            raise ConfigError(f'{path} holds no {CHECKPOINT}; name the folder of a run.')
    elif path.is_file():
        weights, found = path, settings or path.with_name(SETTINGS)
    else:
        return _shipped(name)
    if not bundle:
        raise ConfigError(f'Name the bundle that was exported from {path} with --bundle.')
    if not found.is_file():
        raise ConfigError(f'{found} is missing; name the settings of {path} with --settings.')
    return Start(weights, found, find_bundle(bundle).resolve())


def shipped() -> tuple[str, ...]:
    """Return the bundles whose weights come with the sources."""
    return tuple(name for name in _SETTINGS_OF if _weights(name).is_file())


def _weights(name: str) -> Path:
    return _TRAINING / 'weights' / f'{name}.pt'


def _shipped(name: str) -> Start:
    refuse_renamed(name)
    if name not in shipped():
        raise ConfigError(
            f'There are no weights {name!r}; choose one of {", ".join(shipped())}, the folder of '
            'a run, or a file of weights.'
        )
    settings = _TRAINING / 'configs' / _SETTINGS_OF[name]
    return Start(_weights(name), settings, find_bundle(name).resolve())


def start_state(path: Path) -> dict[str, Tensor]:
    """Read the weights to start with.

    Raises:
        WeightError: If the file is missing or damaged.
    """
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
        found: dict[str, Tensor] = state.get('average', state)
        return {name: tensor.float() for name, tensor in found.items()}
    except Exception as error:
        raise WeightError(f'{path} holds no weights to start with: {error}') from error


def start_network(config: FinetuneConfig) -> NanoStudent:
    """Return the network as it was, in eval mode.

    Raises:
        WeightError: If weights and settings do not belong together.
    """
    words = Vocabulary.of(config.start_vocabulary).tokenizer(config.student.text_context).size
    student = NanoStudent(replace(config.student, vocabulary_size=words))
    path = Path(config.initialize_from)
    try:
        student.load_state_dict(start_state(path))
    except RuntimeError as error:
        raise WeightError(f'{path} does not fit its settings: {error}') from error
    return student.eval()


def check_bundle(student: NanoStudent, bundle: Path) -> Manifest:
    """Return the manifest of the bundle that was exported from a network.

    Its image encoder goes into the new bundle as it is, and so do the memory's graphs.

    Raises:
        WeightError: If it was exported from another network.
        BundleError: If it is damaged.
    """
    manifest = Manifest.load(bundle)
    config = student.config
    size = (config.input_height, config.input_width)
    other = (manifest.preprocess.height, manifest.preprocess.width) != size
    if not other:
        torch.manual_seed(0)
        plan = nano_plans(student)['image_encoder']
        other = difference(plan, bundle / manifest.graphs['image_encoder'].file) > _MOST_DIFFERENCE
    if other:
        raise WeightError(
            f'{bundle} was exported from other weights; name the bundle of these with --bundle.'
        )
    return manifest
