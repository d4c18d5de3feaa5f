"""Algorithm 1: the randomized greedy compression itself, in floating point (torch). Nothing here proves anything."""
