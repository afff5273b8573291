"""What the nodes share: parameter declaration, interruption, throttled logs."""
