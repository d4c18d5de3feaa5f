"""Sharp bounds: what random compression costs, by a bias-variance split."""
