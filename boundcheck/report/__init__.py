"""Renders stored records as documents. Nothing is computed here: every number and status comes from its record."""
