"""Running a bundle's graphs; backends are imported only when they are asked for."""

from efficientsam3_ros.engine.bundles import DEFAULT_BUNDLE, find_bundle
from efficientsam3_ros.engine.protocol import Engine, EngineError, Value
from efficientsam3_ros.engine.registry import available_backends, load_engine

__all__ = [
    'DEFAULT_BUNDLE',
    'Engine',
    'EngineError',
    'Value',
    'available_backends',
    'find_bundle',
    'load_engine',
]
