"""ROS 2 processes for demo, benchmarks and evaluation: started, fed, recorded, stopped."""
