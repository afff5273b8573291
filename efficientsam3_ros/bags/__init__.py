"""rosbag2 bags without a ROS installation."""

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.reader import BagReader
from efficientsam3_ros.bags.storage import is_bag
from efficientsam3_ros.bags.topics import BagTopics
from efficientsam3_ros.bags.writer import BagWriter

__all__ = ['BagError', 'BagReader', 'BagTopics', 'BagWriter', 'is_bag']
