"""Parse the JSON of the two mechanisms that a release may hold, strictly and without deserializing it.

``opendp.deserialize`` calls whatever function the JSON names, with whatever
arguments, and loads pickled Polars plans: it executes code from the text. Here the
text is compared with one of two shapes, key by key and type by type; only numbers
within ranges and OpenDP's version may vary. These numbers are returned, and
:mod:`synth_assets.privacy` passes them to OpenDP's own constructors.

Example:
    >>> import json
    >>> text = json.dumps(_gaussian(scale=5.0, version="0.16.0"))
    >>> read_gaussian(text)
    Gaussian(scale=5.0)
    >>> read_gaussian(text.replace("make_gaussian", "make_laplace"))
    Traceback (most recent call last):
        ...
    synth_assets.errors.UsageError: a mechanism is not an OpenDP measurement that a release may hold
      hint: the bundle was altered or is newer
"""

import re
from dataclasses import dataclass
from typing import Any

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import canonical_json
from synth_assets.reading import parse_json

__all__ = ["Gaussian", "ThresholdedGaussian", "read_gaussian", "read_threshold"]

_VERSION = re.compile(r"0\.16\.\d{1,3}", re.ASCII)
"""The OpenDP versions that write these shapes."""
_LONGEST = 8192
_SCALES = (1e-6, 1e15)
_HIGHEST = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaussian:
    """Discrete Gaussian noise on vectors of 64-bit integers, L2 metric, zCDP."""

    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdedGaussian:
    """Discrete Gaussian noise and a threshold on maps from text to 64-bit integers, approximate zCDP."""

    scale: float
    threshold: int


def read_gaussian(text: str) -> Gaussian:
    """Parse the mechanism of a table or of scores.

    Raises:
        UsageError: the text has any other shape.
    """
    parsed, arguments, version = _parts(text)
    scale = _scale(arguments)
    if canonical_json(parsed) != canonical_json(_gaussian(scale=scale, version=version)):
        raise _refusal()
    return Gaussian(scale=scale)


def read_threshold(text: str) -> ThresholdedGaussian:
    """Parse the mechanism of a discovered column.

    Raises:
        UsageError: the text has any other shape.
    """
    parsed, arguments, version = _parts(text)
    scale, threshold = _scale(arguments), arguments.get("threshold")
    if type(threshold) is not int or not 1 <= threshold <= _HIGHEST:
        raise _refusal()
    if canonical_json(parsed) != canonical_json(_threshold(scale=scale, threshold=threshold, version=version)):
        raise _refusal()
    return ThresholdedGaussian(scale=scale, threshold=threshold)


def _parts(text: Any) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return all of the JSON, the arguments of its outermost call, and its version."""
    try:
        parsed = parse_json(text, name="a mechanism", most=_LONGEST) if isinstance(text, str) else None
    except IntegrityError as error:
        raise _refusal() from error
    arguments = parsed.get("__kwargs__") if isinstance(parsed, dict) else None
    if not isinstance(parsed, dict) or not isinstance(arguments, dict):
        raise _refusal()
    version = parsed.get("__version__")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise _refusal()
    return parsed, arguments, version


def _scale(arguments: dict[str, Any]) -> float:
    scale = arguments.get("scale")
    if type(scale) is not float or not _SCALES[0] <= scale <= _SCALES[1]:
        raise _refusal()
    return scale


def _refusal() -> UsageError:
    return UsageError(
        "a mechanism is not an OpenDP measurement that a release may hold", hint="the bundle was altered or is newer"
    )


def _gaussian(*, scale: float, version: str) -> dict[str, Any]:
    """Return what OpenDP writes for ``make_gaussian`` on ``vector_domain(atom_domain(T="i64"))``."""
    domain = _call("domains", "vector_domain", version, atom_domain=_atom("i64", version), size=None)
    metric = _call("metrics", "l2_distance", version, T="i64")
    return _call(
        "measurements",
        "make_gaussian",
        version,
        input_domain=domain,
        input_metric=metric,
        scale=scale,
        k=None,
        MO="ZeroConcentratedDivergence",
    )


def _threshold(*, scale: float, threshold: int, version: str) -> dict[str, Any]:
    """Return what OpenDP writes for ``make_noise_threshold`` on maps from text to counts."""
    atoms = {"key_domain": _atom("String", version), "value_domain": _atom("i64", version)}
    inner = _call("metrics", "absolute_distance", version, T="i64")
    measure = _call("measures", "zero_concentrated_divergence", version)
    return _call(
        "measurements",
        "make_noise_threshold",
        version,
        input_domain=_call("domains", "map_domain", version, **atoms),
        input_metric=_call("metrics", "l02inf_distance", version, metric=inner),
        output_measure=_call("measures", "approximate", version, measure=measure),
        scale=scale,
        threshold=threshold,
        k=None,
    )


def _atom(kind: str, version: str) -> dict[str, Any]:
    return _call("domains", "atom_domain", version, bounds=None, nan=None, T=kind)


def _call(module: str, function: str, version: str, **arguments: Any) -> dict[str, Any]:
    return {"__function__": function, "__module__": module, "__kwargs__": arguments, "__version__": version}
