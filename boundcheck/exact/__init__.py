"""Rigorous numbers: Arb balls, exact binomial tails, verified spectral norms. Imports core; floats never prove here."""
