"""What the loop around every training's step is made of."""

from training.runtime.averaging import update_average
from training.runtime.best import Monitor
from training.runtime.metrics_log import MetricsLog, mean_of
from training.runtime.schedule import learning_rate_factor, parameter_groups

__all__ = [
    'MetricsLog',
    'Monitor',
    'learning_rate_factor',
    'mean_of',
    'parameter_groups',
    'update_average',
]
