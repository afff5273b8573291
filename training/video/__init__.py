"""Stage 2 of the nine students: encoder and video memory together, from SAM 3's tracker."""
