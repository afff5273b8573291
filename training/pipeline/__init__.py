"""Several trainings and exports in order, as one resumable command."""
