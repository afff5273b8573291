"""Segment and track anything a robot is told in words.

Importing this package is cheap: it pulls in neither torch nor a ROS client library.
"""

from pkgutil import extend_path

# The generated efficientsam3_ros.msg and .srv live in the install space; this lets a source
# tree that comes first on sys.path still find them.
__path__ = extend_path(__path__, __name__)
__version__ = '0.1.0'
