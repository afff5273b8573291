"""Clicks and boxes in stage 2: what is asked about the objects of a clip, of both sides alike."""
