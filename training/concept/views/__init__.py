"""How pictures and clips of the concept fine-tuning are seen."""
