"""Planes: what objects stand on."""

from efficientsam3_ros.scene3d.plane.plane import Plane
from efficientsam3_ros.scene3d.plane.ransac import fit_plane
from efficientsam3_ros.scene3d.plane.support import Support, find_support

__all__ = ['Plane', 'Support', 'find_support', 'fit_plane']
