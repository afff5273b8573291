"""What a training is told: its command line, and settings from YAML, checked against a schema."""
