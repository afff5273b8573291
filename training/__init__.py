"""Training of the students: supervised on the simulated tabletop, and the distillation stages.

Its modules are the commands, and the loop that is around the step of each training; what they are
made of lies in rooms.
"""
