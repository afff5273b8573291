"""Planes: what objects stand on."""

from efficientsam3_ros.scene3d.plane.plane import Plane
from efficientsam3_ros.scene3d.plane.ransac import fit_plane
from efficientsam3_ros.scene3d.plane.support import support_plane

__all__ = ['Plane', 'fit_plane', 'support_plane']
