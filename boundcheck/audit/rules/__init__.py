"""Inference rules, one file each. A rule is a function `check(step, domains) -> Finding` named in `registry`."""
