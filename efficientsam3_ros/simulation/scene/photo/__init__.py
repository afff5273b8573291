"""Room, table and lights of scenes that look like photographs."""
