"""How tracks begin, continue, hide, are remembered and end."""
