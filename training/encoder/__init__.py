"""Stage 1: image and text encoders of a student, distilled from SAM 3."""
