"""Prints and materials drawn into a texture: labels, words, pictures, wood, metal, wear."""
