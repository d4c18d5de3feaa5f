"""Replays proofs: one inference rule a file, witnesses where a step fails, statuses over the uses-graph."""
