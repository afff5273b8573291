"""Prompts in the loop: what is asked of teacher and student, and where they disagree."""
