"""Recomputes a compression record: draws in numpy, promises rigorously, and what it measured within enclosures."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from boundcheck.compress.checks import DTYPES
from boundcheck.compress.choice import (
    Choice,
    Request,
    choice_at,
    choose,
    counted_layers,
    kept_per_row,
    staying_units,
)
from boundcheck.compress.merge import MERGED, check_mergeable
from boundcheck.compress.record import CompressionRecord, LayerRecord, MergedRecord
from boundcheck.compress.recording import VERSIONED, totals_record
from boundcheck.compress.settings import Settings
from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind
from boundcheck.exact.ball import lower_decimal, parse_rational, rational_text, upper_decimal
from boundcheck.network.activation import parse_activation
from boundcheck.network.checkpoint import stored_network
from boundcheck.network.checkpoint_formats import Tensor, is_torch_file
from boundcheck.network.checkpoint_layers import StoredLayer, layers_in_order
from boundcheck.network.convolution_layers import kernels_in_order
from boundcheck.network.data import Data, check_data
from boundcheck.network.files import read_file
from boundcheck.network.layer_sets import LayerSets, check_layer_sets
from boundcheck.network.network import Network
from boundcheck.network.unmeasured import unmeasured_network

from .compare import Bound, by_name, compare
from .findings import Part
from .measured import check_measured
from .merged import check_shift, unmerged
from .places import Places, check_torch_original, located, recorded_data, same_file, split_inputs
from .provenance import check_versions
from .reading import Document
from .redraw import Values, check_units, draws_of, outcomes, untouched

NOT_TOLD_OF_PICKS = {
    "settings.objective": "only the greedy pass itself, run again with torch, tells",
    "settings.implementation": "the picks do not depend on it",
}
NOT_TOLD = {
    "settings.device": "the draws do not depend on it",
    "settings.memory_limit_bytes": "the draws do not depend on it",
    "seconds": "nothing tells how long it took",
}
Order = Callable[[Path, dict[str, Tensor]], list[StoredLayer]]


def check_compression(document: Document, record: CompressionRecord, places: Places) -> list[Part]:
    """Part by part. Raises InputError where an input is missing or cannot be read."""
    provenance, inputs = Part("provenance"), Part("inputs")
    check_versions(provenance, record.provenance.versions, VERSIONED)
    not_told = {"provenance.command": "no claim depends on it", **NOT_TOLD}
    if record.settings.draw is DrawKind.INDEPENDENT:
        not_told |= NOT_TOLD_OF_PICKS
    for path, why in not_told.items():
        provenance.take_as_recorded(path, why)
    found = _inputs(inputs, record, places)
    if found is None:
        return [provenance, inputs]
    dense, compressed, data = found
    settings = Part("settings")
    asked = _asked(settings, record, dense)
    if asked is None:
        return [provenance, inputs, settings]
    return [provenance, inputs, settings, *_Check(document, record, asked, dense, compressed, data).parts()]


@dataclass(frozen=True)
class Asked:
    """What the settings come to: the request, the layer sets, and what the draw that was chosen promises."""

    request: Request
    sets: LayerSets
    choice: Choice


def _inputs(part: Part, record: CompressionRecord, places: Places) -> tuple[Network, Network, Data] | None:
    """Both networks without their norms, and the data; None if they do not belong together."""
    paths, described = split_inputs(record.provenance.inputs_sha256)
    if not part.expect(len(paths) == 1 and len(described) == 1, "provenance.inputs_sha256", [*paths, *described]):
        return None
    for field, dtype in (("settings.dtype", record.settings.dtype), ("network.dtype", record.network.dtype)):
        if not part.expect(dtype in DTYPES, field, dtype, None, f"expected one of {', '.join(DTYPES)}"):
            return None
    path = paths[0]
    where = located(path, places.dense, places.folder, "--dense")
    digest = record.provenance.inputs_sha256[path]
    if record.dense.copy_sha256 is None:
        content = same_file(part, where, f"provenance.inputs_sha256.{path}", digest)
    else:
        check_torch_original(part, path, digest, places.folder, "dense.copy_sha256")
        content = read_file(where)
    if is_torch_file(where, content):
        raise InputError(
            f"path={where}: is in torch's format; name its safetensors copy with --dense, which `boundcheck verify "
            f"{where} ... --out FILE` writes beside FILE"
        )
    if record.dense.copy_sha256 is not None:
        same_file(part, where, "dense.copy_sha256", record.dense.copy_sha256)
    small = located(record.network.path, places.compressed, places.folder, "--compressed")
    same_file(part, small, "network.sha256", record.network.sha256)
    (description,) = described
    data = recorded_data(
        part, description, record.provenance.inputs_sha256[description], places, record.provenance.command
    )
    with part.refusing("dense"):
        dense = _network(part, record, where, None)
        compressed = _network(part, record, small, record.network.dtype)
        check_data(data, dense)
        part.same("dense.activations", record.dense.activations, [phi.activation.name for phi in dense.layers])  # type: ignore[union-attr]
        if part.same("network.layers", compressed.depth, dense.depth):
            return dense, compressed, data
    return None


def _network(part: Part, record: CompressionRecord, path: Path, dtype: str | None) -> Network:
    """A checkpoint with the recorded activations, and the dtype it is said to have."""
    activations = [parse_activation(name) for name in record.dense.activations]
    if not activations:
        raise InputError("dense.activations: names none; write the record again")
    side = record.dense.map_side
    in_order: Order = layers_in_order if side is None else partial(kernels_in_order, map_side=side)
    hidden = activations[0] if len(activations) > 1 else None
    stored = stored_network(path, in_order, hidden, activations[-1], None)
    if dtype is not None:
        part.same("network.dtype", dtype, stored.origin.dtype)
    return unmeasured_network(stored, side)


def _asked(part: Part, record: CompressionRecord, dense: Network) -> Asked | None:
    """The request and the choice that all layers share, if they can have come about."""
    said = record.settings
    with part.refusing("settings"):
        request = Request(
            said.mode,
            _number(said.keep),
            said.levels,
            _number(said.unquantized),
            _number(said.alpha),
            _number(said.bernoulli),
            said.draw,
        )
        _check_picking(part, record)
        sets = check_layer_sets(LayerSets(frozenset(said.wide), frozenset(said.bottleneck)), dense.depth)
        assert dense.weights is not None
        counted = counted_layers(said.mode, sets, dense.weights)
        if said.merge:
            check_mergeable(counted)
        part.same("settings.wide", said.wide, sorted(sets.wide))
        part.same("settings.bottleneck", said.bottleneck, sorted(sets.bottleneck))
        if not part.same("layers", [layer.layer for layer in record.layers], [layer.layer for layer in counted]):
            return None
        alpha, bernoulli = _number(record.layers[0].alpha), _number(record.layers[0].bernoulli)
        assert alpha is not None
        keep = request.keep if said.draw is DrawKind.EXACT_COUNTS else None
        seed = record.provenance.seed
        Settings(said.mode, sets, alpha, bernoulli, said.levels, projection=said.projection, seed=seed, keep=keep)
        if said.alpha is not None:
            part.same("settings.alpha", request.alpha, alpha, "is not what the layers were drawn with")
        if said.bernoulli is not None:
            part.same("settings.bernoulli", request.bernoulli, bernoulli, "is not what the layers were drawn with")
        if said.mode.prunes and bernoulli is not None:
            choice = choice_at(request, counted, alpha, bernoulli)
        else:
            choice = choose(request, counted)
        return Asked(request, sets, choice)
    return None


def _check_picking(part: Part, record: CompressionRecord) -> None:
    """How units were picked is said where some are picked, and only there."""
    is_picked = record.settings.draw is DrawKind.INDEPENDENT
    for name in ("order", "objective", "implementation"):
        value = getattr(record.settings, name)
        why = f"with draw={record.settings.draw} " + ("it is not null" if is_picked else "nothing is picked")
        part.expect((value is not None) == is_picked, f"settings.{name}", value, None, why)


def _number(text: str | None) -> Fraction | None:
    return None if text is None else parse_rational(text)


class _Check:
    """The claims of one record."""

    def __init__(
        self,
        document: Document,
        record: CompressionRecord,
        asked: Asked,
        dense: Network,
        compressed: Network,
        data: Data,
    ) -> None:
        self.content, self.record, self.asked = document.content, record, asked
        self.dense, self.data = dense, data
        self.written = _values(compressed)
        self.originals = _values(dense)

    def parts(self) -> list[Part]:
        """Every layer, the others, totals, what was measured."""
        others, merged, layers = Part("other layers"), Part("merged"), []
        behind = {number + 1 for number in self.asked.sets.bottleneck} if self.record.settings.merge else set()
        achieved: list[int] = []
        recomputed: list[MergedRecord] = []
        for place, layer in enumerate(self.record.layers):
            part = Part(f"layer {layer.layer}")
            whole = self._layer(part, merged, place, layer, recomputed)
            achieved.append(self._shares(part, place, layer, whole))
            layers.append(part)
        for number, (said, original) in enumerate(zip(self.written, self.originals, strict=True), start=1):
            if number not in {layer.layer for layer in self.record.layers} | behind:
                _check_untouched(others, number, said, untouched(self.record, original.weight, original.bias))
        compare(merged, "merged", self.content["merged"], [_json(one) for one in recomputed], lambda path: None)
        totals, measured = Part("totals"), Part("measured")
        counts = [layer.weight_count for layer in self.dense.layers]
        expected = totals_record(self.asked.choice, counts, achieved, self.record.settings.levels)
        bounds = {"probability": Bound.LOWER} | dict.fromkeys(("requested", "promised", "achieved"), Bound.UPPER)
        compare(totals, "totals", self.content["totals"], _json(expected), by_name(bounds))
        with measured.leaving_open("measured"), measured.refusing("measured"):
            check_measured(measured, self.record, self.dense, self._small(), self.data)
        return [*layers, others, merged, totals, measured]

    def _small(self) -> Network:
        """The dense network's layers with the written weights; inner widths may be smaller after merging."""
        weights = tuple(values.weight for values in self.written)
        return replace(self.dense, weights=weights, biases=tuple(values.bias for values in self.written))

    def _layer(
        self, part: Part, merged: Part, place: int, layer: LayerRecord, recomputed: list[MergedRecord]
    ) -> Values | None:
        """Units against their draws; the layer as it is, with its zero rows."""
        number, path = layer.layer, f"layers[{place}]"
        original, written = self.originals[number - 1], self.written[number - 1]
        layer = layer.model_copy(update=self._drawn(number))
        found = outcomes(self.record, layer, original.weight, original.bias)
        is_merged = self.record.settings.merge and layer.unit in MERGED
        if is_merged:
            behind, after = self.originals[number], self.written[number]
            whole_behind = untouched(self.record, behind.weight, behind.bias)
            whole = unmerged(merged, number, found, written, after, whole_behind)
            if whole is None:
                return None
            one = check_shift(merged, number, self.record, self.dense, whole.stays, whole_behind, after)
            recomputed.append(
                MergedRecord(layer=one.layer, left_out=one.left_out, units=one.units, into_bias=one.into_bias)
            )
            written = whole.layer
        if not part.same(f"weights of layer {number}", written.weight.shape, original.weight.shape):
            return None
        if found.untouched.bias is None or layer.unit not in MERGED:
            _check_bias(part, number, written, found.untouched)
        check_units(part, path, self.record, layer, found, written)
        return written

    def _drawn(self, number: int) -> dict[str, object]:
        """What is drawn at a layer, and from which law, as the settings have it."""
        promise = next(one for one in self.asked.choice.promises if one.layer == number)
        bernoulli, keep = self.asked.choice.bernoulli, self.asked.request.keep
        kept = None
        if self.record.settings.draw is DrawKind.EXACT_COUNTS and keep is not None:
            kept = kept_per_row(keep, number, self.dense.layers[number - 1].n_in)
        return {
            "unit": promise.unit,
            "bernoulli": None if bernoulli is None else rational_text(bernoulli),
            "levels": self.record.settings.levels,
            "kept_per_row": kept,
        }

    def _shares(self, part: Part, place: int, layer: LayerRecord, whole: Values | None) -> int:
        """The layer's own line: what is asked, promised and achieved; how many units are left."""
        choice, settings = self.asked.choice, self.record.settings
        promise = next(one for one in choice.promises if one.layer == layer.layer)
        achieved = layer.achieved_units
        if not settings.mode.prunes:
            achieved = promise.units - promise.draws
        elif whole is not None:
            achieved = staying_units(promise.unit, whole.weight, whole.bias)
        expected = layer.model_copy(
            update={
                "name": self.dense.layers[layer.layer - 1].name,
                "role": "wide" if layer.layer in self.asked.sets.wide else "bottleneck",
                **self._drawn(layer.layer),
                "units": promise.units,
                "draws": draws_of(choice.alpha, promise.units),
                "alpha": rational_text(choice.alpha),
                "requested": None if choice.requested is None else rational_text(choice.requested),
                "promised": _up(promise.share),
                "promised_units": promise.staying,
                "probability": lower_decimal(promise.probability) or "0",
                "achieved": _up(Fraction(achieved, promise.units)),
                "achieved_units": achieved,
                "exceeds_promise": achieved > promise.staying,
            }
        )
        path = f"layers[{place}]"
        bounds = {"probability": Bound.LOWER, "promised": Bound.UPPER, "achieved": Bound.UPPER}
        compare(part, path, self.content["layers"][place], _json(expected), by_name(bounds))
        return achieved


def _values(network: Network) -> list[Values]:
    assert network.weights is not None and network.biases is not None
    return [Values(weight, bias) for weight, bias in zip(network.weights, network.biases, strict=True)]


def _check_untouched(part: Part, number: int, said: Values, expected: Values) -> None:
    """A layer that is not compressed is as it was."""
    path = f"weights of layer {number}"
    if part.same(path, said.weight.shape, expected.weight.shape):
        differs = (said.weight != expected.weight).ravel()
        why = f"{int(differs.sum())} weights differ, and the layer is not compressed"
        part.expect(not differs.any(), path, None, None, why)
        part.compared += differs.size
    _check_bias(part, number, said, expected)


def _check_bias(part: Part, number: int, said: Values, expected: Values) -> None:
    path = f"bias of layer {number}"
    if said.bias is None or expected.bias is None:
        part.expect(said.bias is expected.bias, path, None, None, "is missing, or is not part of it")
    elif part.same(path, said.bias.shape, expected.bias.shape):
        part.expect(bool((said.bias == expected.bias).all()), path, None, None, "differs from the dense one")


def _up(share: Fraction) -> str:
    return upper_decimal(share) or "0"


def _json(record: BaseModel) -> Any:
    return record.model_dump(mode="json", by_alias=True)
