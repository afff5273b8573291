"""Conversions between domain types and ROS messages, as plain numpy; no ROS needed."""
