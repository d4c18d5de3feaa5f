"""Reads what `solve` is asked for: which value is wanted, and what therefore must or must not be given."""

from boundcheck.core.errors import InputError
from boundcheck.solve.record import Least

from .arguments import one_of
from .given import Given, integers


def asked_for(least: str | None, layer: str | None, budget: str | None) -> Least:
    """The value that is wanted; a budget alone asks for a split."""
    if least is None:
        if budget is None:
            raise InputError(f"least: not given; say what is wanted, one of {', '.join(Least)}")
        return Least.SPLIT
    wanted = one_of("least", least, Least)
    if wanted is Least.WIDTH and layer is None:
        raise InputError("least=width: whose is not said; add --layer, for example --layer 2")
    if wanted is not Least.WIDTH and layer is not None:
        raise InputError(f"layer={layer}: belongs to --least width, and least={wanted} is asked for; drop it")
    if wanted is Least.SPLIT and budget is None:
        raise InputError("least=split: of what is not said; add --budget, for example --budget 0.4")
    if wanted is not Least.SPLIT and budget is not None:
        raise InputError(f"budget={budget}: is what is split among layers, and least={wanted} is asked for; drop it")
    return wanted


def given_share(wanted: Least, keep: str | None, levels: str | None, has_target: bool) -> dict[str, str | None]:
    """keep and levels as a proposal takes them: 1, which is not used, for the one that is wanted."""
    given = Given({"keep": keep, "levels": levels})
    if wanted in (Least.ERROR, Least.SPLIT) and has_target:
        raise InputError(f"least={wanted}: finds the error itself; drop the acceptable one")
    if wanted in (Least.ERROR, Least.WIDTH):
        if not given.names:
            raise InputError(f"least={wanted}: say how much to compress, for example --keep 0.3 or --levels 15")
        return {"keep": keep, "levels": levels}
    if given.names:
        raise InputError(f"{given.written()}: not needed, {wanted.value} is what is wanted; drop it")
    return {"keep": None, "levels": "1"} if wanted is Least.LEVELS else {"keep": "1", "levels": None}


def with_width(sizes: list[str] | None, layer: int | None, width: int) -> list[str] | None:
    """The widths (or channels) with another output width of one layer."""
    if not sizes or layer is None:
        return sizes
    numbers = integers("widths", sizes, "64,1000,40,10")
    return [str(width if place == layer else number) for place, number in enumerate(numbers)]
