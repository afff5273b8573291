"""Stage 3: a whole student, fine-tuned on phrases with a teacher's answers."""
