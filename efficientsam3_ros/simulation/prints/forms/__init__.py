"""Shapes with normals and texture coordinates: surfaces of revolution, boxes, tubes."""
