"""What every backend must do, checked on a real bundle."""
