"""Where frames are at the stamp of an image."""
