"""Pack 'printed': things of a table, shapes and prints alike made by code, without a file."""
