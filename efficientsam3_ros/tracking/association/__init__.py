"""Which detection is which track."""
