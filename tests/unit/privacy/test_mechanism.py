"""A stored mechanism is one of two shapes, compared key by key and type by type; nothing else is accepted."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from synth_assets.errors import UsageError
from synth_assets.privacy.mechanism import Gaussian, ThresholdedGaussian, read_gaussian, read_threshold
from synth_assets.privacy.noise import least_gaussian, least_threshold

TABLES = least_gaussian(d_in=2, rho=0.08)
COLUMNS = least_threshold(max_rows=2, rho=0.08, delta=1e-9)
Read = Callable[[str], Any]
BOTH: list[tuple[Read, str]] = [(read_gaussian, TABLES.mechanism), (read_threshold, COLUMNS.mechanism)]


def test_what_opendp_writes_is_read() -> None:
    assert read_gaussian(TABLES.mechanism) == Gaussian(scale=TABLES.scale)
    assert read_threshold(COLUMNS.mechanism) == ThresholdedGaussian(scale=COLUMNS.scale, threshold=COLUMNS.threshold)


def test_a_later_patch_of_opendp_is_read_and_another_version_is_not() -> None:
    assert read_gaussian(TABLES.mechanism.replace('"0.16.0"', '"0.16.2"')).scale == TABLES.scale
    for version in ("0.17.0", "1.16.0", "0.16.0\n", "0.16", ""):
        with pytest.raises(UsageError):
            read_gaussian(TABLES.mechanism.replace('"0.16.0"', json.dumps(version)))
    with pytest.raises(UsageError):  # parts of two versions
        read_gaussian(TABLES.mechanism.replace('"0.16.0"', '"0.16.2"', 1))


def altered(value: Any) -> Iterator[Any]:
    """Yield copies of JSON with one key renamed, dropped or added, or one value replaced, at every place."""
    if not isinstance(value, dict):
        yield from (
            replacement for replacement in ("i32", None, 7, True, [], {}) if type(replacement) is not type(value)
        )
        return
    yield {**value, "more": 1}
    for key, inner in value.items():
        rest = {name: field for name, field in value.items() if name != key}
        yield rest
        yield {**rest, f"{key}x": inner}
        yield from ({**value, key: changed} for changed in altered(inner))


@pytest.mark.parametrize(("read", "text"), BOTH)
def test_every_single_change_is_refused(read: Read, text: str) -> None:
    changes = list(altered(json.loads(text)))
    assert len(changes) > 100
    for change in changes:
        with pytest.raises(UsageError, match="not an OpenDP measurement"):
            read(json.dumps(change))


@pytest.mark.parametrize(("read", "text"), BOTH)
@pytest.mark.parametrize("scale", ["0.0", "-1.0", "1e-9", "1e16", "1e999", "NaN", "Infinity", "5", '"5.0"', "true"])
def test_a_scale_out_of_range_is_refused(read: Read, text: str, scale: str) -> None:
    parsed = json.loads(text)
    parsed["__kwargs__"]["scale"] = "HERE"
    with pytest.raises(UsageError, match="not an OpenDP measurement"):
        read(json.dumps(parsed).replace('"HERE"', scale))


@pytest.mark.parametrize("threshold", ["0", "-1", "2147483648", "31.0", "true", '"31"', "null", "1e3"])
def test_a_threshold_out_of_range_is_refused(threshold: str) -> None:
    parsed = json.loads(COLUMNS.mechanism)
    parsed["__kwargs__"]["threshold"] = "HERE"
    with pytest.raises(UsageError, match="not an OpenDP measurement"):
        read_threshold(json.dumps(parsed).replace('"HERE"', threshold))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "1", "x" * 9000, "[" * 8000, '{"__kwargs__": 1}'])
def test_what_is_not_a_mechanism_is_refused_with_a_hint(text: str) -> None:
    for read in (read_gaussian, read_threshold):
        with pytest.raises(UsageError, match="not an OpenDP measurement") as caught:
            read(text)
        assert caught.value.hint


def test_one_shape_is_not_the_other() -> None:
    for read, text in ((read_gaussian, COLUMNS.mechanism), (read_threshold, TABLES.mechanism)):
        with pytest.raises(UsageError):
            read(text)
