"""A given pair of checkpoints compared: sizes, a rigorous enclosure of the error on data, and limits beyond them."""
