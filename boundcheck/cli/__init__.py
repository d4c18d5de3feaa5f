"""The command line: one module a command, each importing late, and how certificates look in a terminal."""
