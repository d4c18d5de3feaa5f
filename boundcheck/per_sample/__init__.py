"""Bounds summed unit by unit and sample by sample: rigorous numbers of a compressed block at the data."""
