"""How good the results are: metrics, truth, and the held-out simulated evaluation."""
