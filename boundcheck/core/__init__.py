"""The statement model: what a theorem, an assumption, a verdict and a rung are. Imports sympy alone."""
