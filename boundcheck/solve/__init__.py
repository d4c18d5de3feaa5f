"""Inverse problems: the least width, kept fraction, levels or error that a rung certifies, and how that is known."""
