"""How a picture becomes what the network sees: framed, joined, changed in light, measured."""
