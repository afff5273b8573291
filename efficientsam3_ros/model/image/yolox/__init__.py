"""YOLOX-nano (arXiv 2107.08430), written from its description, as an image encoder's trunk."""
