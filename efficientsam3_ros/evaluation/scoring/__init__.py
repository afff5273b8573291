"""From masks of truth and tracker to the metrics of a sequence and of a run."""
