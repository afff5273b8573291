"""The network that learns: its initial weights, which parts learn and how fast, its answers."""
