"""Drawn icons: pictures and clips of things whose names a small network learns in minutes."""
