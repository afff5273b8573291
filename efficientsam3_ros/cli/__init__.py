"""The command ``efficientsam3``: one verb a file."""
