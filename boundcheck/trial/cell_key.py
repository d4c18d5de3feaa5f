"""What identifies a cell, and the seed of its draws: both are kept in the store, for whoever repeats a trial."""

import hashlib
import json
from collections.abc import Mapping


def key_and_seed(plan_seed: int, about: Mapping[str, object]) -> tuple[str, int]:
    """Canonical JSON of what the cell is, the same after a restart, and a seed that no other cell of the plan has.

    The seed is the first seven bytes of the sha256 of the plan's seed, a space and that JSON, and is in the key.
    """
    text = json.dumps(about, sort_keys=True, ensure_ascii=False)
    seed = int.from_bytes(hashlib.sha256(f"{plan_seed} {text}".encode()).digest()[:7], "big")
    return json.dumps({**about, "seed": seed}, sort_keys=True, ensure_ascii=False), seed
