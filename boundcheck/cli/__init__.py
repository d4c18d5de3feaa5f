"""The command line: thin commands that import late. Each command is one module; what a person reads is rendered here."""
