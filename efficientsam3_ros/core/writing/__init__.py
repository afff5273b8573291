"""What is written: where it may go, and that it is whole."""
