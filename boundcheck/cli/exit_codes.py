"""What the shell gets back. A verdict is an answer, so FAILS has a code of its own, apart from bad input."""

HOLDS = 0
FAILS = 1
BAD_INPUT = 2
UNKNOWN = 3
INTERRUPTED = 130

EPILOG = (
    "Exit codes: 0 HOLDS; 1 FAILS: not certified by these statements, which is no proof that the network cannot be "
    "compressed; 2 bad input; 3 UNKNOWN: undecided, or boundcheck itself broke."
)
