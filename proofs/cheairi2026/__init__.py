"""El Cheairi, Gamarnik and Mazumder, Theoretical Compression Bounds for Wide Multilayer Perceptrons (COLT 2026)."""
