from efficientsam3_ros.api import *  # noqa: F403 (all that __all__ names)
from efficientsam3_ros.api import __all__ as __all__

__version__: str
