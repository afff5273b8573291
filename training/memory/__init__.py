"""Stage 2: the video memory, distilled step by step over clips."""
