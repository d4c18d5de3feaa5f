"""Experiments: networks from laws, repeated random compressions, and what they say at a stated confidence."""
