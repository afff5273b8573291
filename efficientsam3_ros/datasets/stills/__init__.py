"""Sets of single labelled pictures: COCO's form, and RGB-D scenes."""
