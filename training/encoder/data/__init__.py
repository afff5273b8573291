"""What a step of the encoders' distillation reads: pictures of SA-1B, and phrases."""
