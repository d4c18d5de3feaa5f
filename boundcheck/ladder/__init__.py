"""Every rung beside the true error, over a grid of networks and proposals: the plan, the cells, what is kept of them."""
