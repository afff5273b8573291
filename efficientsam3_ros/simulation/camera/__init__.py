"""Where the camera stands, how it draws, and what its sensor adds."""
