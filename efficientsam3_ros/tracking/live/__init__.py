"""The tracker behind a stream that does not wait: newest frame, one thread, counted losses."""
