"""Supervised training of nano's detector: settings, batches, teachers, first words."""
