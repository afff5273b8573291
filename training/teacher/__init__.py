"""The network that students learn from, behind a protocol."""
