"""One image with depth, masks and camera as geometry."""
