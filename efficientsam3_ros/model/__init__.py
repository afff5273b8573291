"""The EfficientSAM3 student network (torch) and its export; never imported at robot run time."""
