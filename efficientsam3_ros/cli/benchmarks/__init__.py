"""``efficientsam3 benchmark``: one measurement a file."""
