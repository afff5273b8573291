"""The concept detector: fusion encoder, decoder, heads, masks, exemplars."""
