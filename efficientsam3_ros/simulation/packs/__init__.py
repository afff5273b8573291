"""What can be put on the table: packs of shapes, their words and surfaces."""
