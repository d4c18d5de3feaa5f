"""Every rung beside the true error, over a grid of networks and proposals: plan, cells, Monte Carlo, records."""
