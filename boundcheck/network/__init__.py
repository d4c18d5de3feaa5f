"""What the theorems speak of: networks, layer sets, activations with proved constants, checkpoints and data sets."""
