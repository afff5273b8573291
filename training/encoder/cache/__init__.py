"""Features of the teacher, computed once and read from disk."""
