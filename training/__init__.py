"""Training of the students: supervised on the simulated tabletop, and the distillation stages."""
