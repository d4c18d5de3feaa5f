"""How much of a card's memory bandwidth a step uses."""

_GB_A_SECOND = {
    "H200": 4800, "H100 NVL": 3900, "H100 PCIe": 2000, "H100": 3350, "A100-SXM4-80GB": 2039, "A100 80GB": 1935,
    "A100": 1555, "V100": 900, "L40S": 864, "L4": 300, "T4": 320, "A10": 600, "RTX 4090": 1008, "RTX 3090": 936,
}  # fmt: skip
"""As their makers state it, by what a card's name contains; the first that fits."""


def share_of_bandwidth(device_name: str, ms: float, moved: float) -> float | None:
    """Bytes moved in so many milliseconds as a share of the peak; None for an unknown device."""
    peak = next((rate for part, rate in _GB_A_SECOND.items() if part in device_name), None)
    return None if peak is None else moved / (ms * 1e-3) / (peak * 1e9)
