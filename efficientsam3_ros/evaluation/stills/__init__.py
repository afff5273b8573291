"""Single pictures: which answers are scored, COCO's files, and results by class."""
