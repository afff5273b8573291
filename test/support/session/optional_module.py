"""Tests of what a robot does not have: skipped where it is absent."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

import pytest

OPTIONAL = frozenset(
    {
        # the network, its export and its training
        *('torch', 'torchvision', 'timm', 'transformers', 'safetensors', 'huggingface_hub'),
        *('onnx', 'onnxscript', 'onnxslim', 'lightning_fabric', 'tensorboard', 'omegaconf'),
        'tqdm',
        # evaluation and simulation
        *('scipy', 'pycocotools', 'cattrs', 'bokeh', 'jinja2', 'skimage', 'PIL'),
        *('mujoco', 'trimesh', 'meshoptimizer', 'pypcd4', 'openvino'),
        # tests
        *('hypothesis', 'xdist', 'supervision', 'yaml'),
    }
)
"""Packages of the extras of ``setup.py``; all others must be there."""

TRAINING = (
    *('torch', 'torchvision', 'lightning_fabric', 'tensorboard'),
    *('omegaconf', 'scipy', 'tqdm'),
)
"""What the training imports: its tests share a conftest.py, which cannot be skipped."""


def all_installed(packages: Iterable[str]) -> bool:
    """Tell whether all packages are there, without importing them."""
    try:
        return all(find_spec(name) is not None for name in packages)
    except ModuleNotFoundError:
        return False


class OptionalModule(pytest.Module):
    """A module that is skipped where it cannot be imported for lack of an optional package."""

    def collect(self) -> Iterable[Any]:
        """Import the module and return its tests."""
        try:
            return super().collect()
        except self.CollectError as error:
            name = getattr(error.__cause__, 'name', None) or ''
            if name.partition('.')[0] not in OPTIONAL:
                raise
            pytest.skip(f'needs {name}', allow_module_level=True)
