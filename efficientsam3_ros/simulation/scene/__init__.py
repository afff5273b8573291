"""The room, the table, the objects on it, and how they move."""
