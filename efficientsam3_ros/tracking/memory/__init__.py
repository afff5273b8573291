"""The video memory at work: its ring buffer and the graphs that read and fill it."""
