"""Recomputes what certificates and compression records claim, from their inputs, by exact and ball arithmetic."""
