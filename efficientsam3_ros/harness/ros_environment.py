"""The environment in which our ROS 2 processes meet each other and nobody else."""

from __future__ import annotations

from importlib.util import find_spec
import os
from pathlib import Path
import socket
import sys

from efficientsam3_ros.nodes.support.fastdds_profile import PACKAGE, profile_environment

_DOMAINS = range(1, 100)


class RosMissingError(RuntimeError):
    """ROS 2 is not to be had; the message names what is missing and the remedy."""


def require_ros() -> None:
    """Check that nodes can run here.

    Raises:
        RosMissingError: If the client library or our messages are not installed.
    """
    if find_spec('rclpy') is None:
        raise RosMissingError(
            'rclpy is not installed. Source a ROS 2 installation (source '
            '/opt/ros/jazzy/setup.bash), or pip install -r requirements-ros-jazzy.txt (x86-64 '
            'Linux); "make demo" does all of it.'
        )
    if find_spec(f'{PACKAGE}.msg') is None:
        raise RosMissingError(
            f'The messages of {PACKAGE} are not compiled. Build the package with colcon, or '
            'pip install . where ROS 2 is in sight; "make demo" does all of it.'
        )


def isolated_environment() -> dict[str, str]:
    """Return this process's variables with a free domain and discovery on this machine only.

    Raises:
        RosMissingError: If no domain is free.
    """
    env = dict(os.environ)
    env.setdefault('AMENT_PREFIX_PATH', sys.prefix)
    env['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    env['ROS_DOMAIN_ID'] = str(free_domain())
    env['PYTHONUNBUFFERED'] = '1'
    # Children shall import the modules that we run from, whatever their working directory.
    root = str(Path(__file__).resolve().parents[2])
    env['PYTHONPATH'] = os.pathsep.join(filter(None, [root, env.get('PYTHONPATH', '')]))
    return env | profile_environment(env)


def free_domain() -> int:
    """Return a ROS domain whose ports nobody on this machine uses.

    Raises:
        RosMissingError: If all are taken.
    """
    start = os.getpid() % len(_DOMAINS)
    for offset in range(len(_DOMAINS)):
        domain = _DOMAINS[(start + offset) % len(_DOMAINS)]
        if all(_is_free(7400 + 250 * domain + port) for port in (10, 11, 12, 13)):
            return domain
    raise RosMissingError('All ROS domains 1..99 are in use on this machine; end some nodes.')


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(('0.0.0.0', port))
        except OSError:
            return False
    return True
