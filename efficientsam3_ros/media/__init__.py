"""Pictures, videos and cameras as frames; what ``api``, ``datasets`` and calibration read."""
