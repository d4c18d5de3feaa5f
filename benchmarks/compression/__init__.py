"""What benchmarks/compression.py measures; each module is one section of its table."""
