"""A team's own labeled pictures, as labeling tools export them in COCO's form."""
