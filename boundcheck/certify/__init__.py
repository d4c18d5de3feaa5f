"""From a network and a proposal to a certificate: the rungs that papers declare, evaluated rigorously."""
