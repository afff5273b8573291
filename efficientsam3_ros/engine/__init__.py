"""Running a bundle's graphs; backends are imported only when they are asked for."""

from efficientsam3_ros.engine.bundles import DEFAULT_BUNDLE, find_bundle
from efficientsam3_ros.engine.options import EngineOptions
from efficientsam3_ros.engine.protocol import Engine, EngineError, Value
from efficientsam3_ros.engine.registry import BACKENDS, available_backends, load_engine

__all__ = [
    'BACKENDS',
    'DEFAULT_BUNDLE',
    'Engine',
    'EngineError',
    'EngineOptions',
    'Value',
    'available_backends',
    'find_bundle',
    'load_engine',
]
