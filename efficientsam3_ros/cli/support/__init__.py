"""What several verbs share: options, tables, progress, result folder, frame source."""
