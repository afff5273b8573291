"""Where pictures to train on come from, one kind a file."""
