"""What a step of the concept fine-tuning reads: pictures and clips with phrases."""
