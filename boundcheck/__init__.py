"""Checks theorems about compressing neural networks against real networks. The rooms import nothing from here.

>>> import boundcheck
>>> network = boundcheck.network_from_widths([64, 1000, 40, 10], c_1=1, c_2=2)
>>> certificate = boundcheck.verify(network, boundcheck.Proposal(keep=Fraction(3, 10)))
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundcheck.certify.certificate import Certificate
    from boundcheck.certify.proposal import Granularity, Proposal, Target
    from boundcheck.certify.verify import verify
    from boundcheck.compress.record import CompressionRecord
    from boundcheck.compress.settings import Settings
    from boundcheck.core.errors import BoundcheckError, InputError
    from boundcheck.core.rung import DrawKind, Effort
    from boundcheck.core.verdict import Verdict
    from boundcheck.library import library
    from boundcheck.network.activation import parse_activation
    from boundcheck.network.checkpoint import network_from_checkpoint
    from boundcheck.network.convolution import convolutional_network_from_checkpoint
    from boundcheck.network.data import load_data
    from boundcheck.network.from_channels import network_from_channels
    from boundcheck.network.from_law import network_from_law
    from boundcheck.network.from_widths import network_from_widths
    from boundcheck.network.layer_sets import LayerSets
    from boundcheck.trial.plan import Plan
    from boundcheck.trial.simulate import simulate
    from boundcheck.trial.verdict_record import SimulationRecord

# Loaded at first use: importing boundcheck is instant.
_HOMES = {
    "BoundcheckError": "core.errors",
    "Certificate": "certify.certificate",
    "CompressionRecord": "compress.record",
    "DrawKind": "core.rung",
    "Effort": "core.rung",
    "Granularity": "certify.proposal",
    "InputError": "core.errors",
    "LayerSets": "network.layer_sets",
    "Plan": "trial.plan",
    "Proposal": "certify.proposal",
    "Settings": "compress.settings",
    "SimulationRecord": "trial.verdict_record",
    "Target": "certify.proposal",
    "Verdict": "core.verdict",
    "convolutional_network_from_checkpoint": "network.convolution",
    "library": "library",
    "load_data": "network.data",
    "network_from_channels": "network.from_channels",
    "network_from_checkpoint": "network.checkpoint",
    "network_from_law": "network.from_law",
    "network_from_widths": "network.from_widths",
    "parse_activation": "network.activation",
    "simulate": "trial.simulate",
    "verify": "certify.verify",
}

__all__ = [
    "BoundcheckError",
    "Certificate",
    "CompressionRecord",
    "DrawKind",
    "Effort",
    "Granularity",
    "InputError",
    "LayerSets",
    "Plan",
    "Proposal",
    "Settings",
    "SimulationRecord",
    "Target",
    "Verdict",
    "convolutional_network_from_checkpoint",
    "library",
    "load_data",
    "network_from_channels",
    "network_from_checkpoint",
    "network_from_law",
    "network_from_widths",
    "parse_activation",
    "simulate",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'boundcheck' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"boundcheck.{_HOMES[name]}"), name)
