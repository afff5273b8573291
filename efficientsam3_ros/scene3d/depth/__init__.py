"""Depth images as float32 metres, NaN where nothing was measured."""

from efficientsam3_ros.scene3d.depth.compressed import decode_compressed_depth
from efficientsam3_ros.scene3d.depth.raw import RawDepth, decode_depth

__all__ = ['RawDepth', 'decode_compressed_depth', 'decode_depth']
