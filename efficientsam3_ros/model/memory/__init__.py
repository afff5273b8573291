"""The video memory: Perceiver or dense, its attention, bank, mask decoder and graphs."""
