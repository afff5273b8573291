"""What our launch files share."""
