"""``realism``: what a reader would take for made up, as far as the release can tell without private rows.

Rules that do not hold, digits that the contract does not have, rows at values and in pairs of
values that the release says are empty, tails heavier or lighter than the noise explains, special
and listed values (zero, caps, codes) that are too rare or too frequent, and values that are more or less round than
released ones. ``checks.realism``, ``checks.tails`` and ``checks.roundness`` have the figures.

It is judged of every contract, and warns unless the contract says that it blocks: what it
finds is mostly the model's form or the noise, and no other seed mends that. Rules and
digits block by themselves, see ``rules`` and ``domain``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from synth_assets.checks.context import Context
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import Basis, CheckKind, Facts, Verdict
from synth_assets.checks.realism import DigitCounter, impossible_pairs, impossible_values, masses
from synth_assets.checks.roundness import RoundnessCounter, heaps, listed_values
from synth_assets.checks.tails import light_tails, tails
from synth_assets.contract import DatasetContract
from synth_assets.listing import some_of
from synth_assets.release import Release

__all__ = ["MOST_HEAPS", "PARTS", "REALISM", "is_off", "limit_of"]

_TYPE = "expect_candidate_rows_to_be_realistic"
_WORST = 5
_DIGITS = 6
_LISTED = 3
MOST_HEAPS = 0.03
"""Largest gap in the share of values that are alike in how round they are."""
PARTS = {
    "pairs": "max_impossible",
    "values": "max_impossible",
    "tails": "max_tail",
    "light_tails": "max_tail",
    "masses": "max_mass",
    "listed": "max_mass",
    "heaps": "",
}
"""What is compared, and the argument that limits it; heaps have a limit of their own."""
_SINCE = ("values", "light_tails", "listed", "heaps")
_LATER = (*_SINCE, *(f"{part}_surely_off" for part in _SINCE))


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    asked = contract.checks.realism
    if asked is not None:
        kwargs = {name: getattr(asked, name) for name in ("max_impossible", "max_tail", "max_mass")}
        description = "Rows do not look made up, as far as the release can tell: rules, digits, pairs, tails, zeros."
        yield generated("realism", type_=_TYPE, kwargs=kwargs, description=description, severity=asked.severity)


class _Counter:
    """Implements ``Tally``: digits, and how round values are."""

    def __init__(self, contract: DatasetContract, release: Release, context: Context) -> None:
        del context
        self._digits, self._round = DigitCounter(contract), RoundnessCounter(release)

    def add(self, batch: pa.Table) -> None:
        self._digits.add(batch)
        self._round.add(batch)

    def counted(self) -> tuple[Any, Any]:
        return self._digits.counted(), self._round.counted()

    def merge(self, counted: tuple[Any, Any]) -> None:
        self._digits.merge(counted[0])
        self._round.merge(counted[1])

    def figures(self) -> Mapping[str, Any]:
        return {**self._digits.figures(), "round": self._round.figures()}


def _facts(basis: Basis) -> Facts:
    tables, release, digits = basis.counts.tables, basis.release, basis.counts.tallies[_TYPE]
    figures: dict[str, Sequence[Any]] = {
        "pairs": impossible_pairs(release, tables),
        "tails": tails(release, tables),
        "masses": masses(release, tables),
        "values": impossible_values(release, tables),
        "light_tails": light_tails(release, tables),
        "listed": listed_values(release, digits["round"]),
        "heaps": heaps(release, digits["round"]),
    }
    return {
        "realism": {
            "broken_rules": sum(basis.counts.violations.values()),
            "off_grid": {name: count for name, count in digits["off"].items() if count},
            "with_digits": len(digits["off"]),
            "without_digits": list(digits["undeclared"]),
            **{part: _worst(listed, gap=_gap if part in _SINCE else _any_gap) for part, listed in figures.items()},
        }
    }


def _worst(figures: Sequence[Any], *, gap: Callable[[Any], float]) -> dict[str, Any]:
    """Return how many figures there are, and those that are surely or else by their estimate furthest off."""
    first = sorted(figures, key=lambda figure: (-figure.sure, -gap(figure)))[:_WORST]
    return {"looked_at": len(figures), "worst": [_rounded(asdict(figure)) for figure in first]}


def _gap(figure: Any) -> float:
    """Return how far shares are apart; what noise put below 0 is 0."""
    return abs(max(0.0, float(figure.share)) - max(0.0, float(getattr(figure, "released", 0.0))))


def _any_gap(figure: Any) -> float:
    """Return the same of shares as they are: the order of kinds that were there from the first."""
    return abs(float(figure.share) - float(getattr(figure, "released", 0.0)))


def _rounded(figure: Mapping[str, Any]) -> dict[str, Any]:
    """Return a figure as plain JSON values."""
    values: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in figure.items()
    }
    if "quantiles" in values:
        values["quantiles"] = {f"{part:g}": list(pair) for part, pair in values["quantiles"].items()}
    return {name: round(value, _DIGITS) if isinstance(value, float) else value for name, value in values.items()}


def _judge(facts: Facts, *, max_impossible: float, max_tail: float, max_mass: float) -> Verdict:
    """Rules hold, digits are as declared, and nothing that is compared is surely further off than its limit."""
    seen = facts["realism"]
    given = {"max_impossible": max_impossible, "max_tail": max_tail, "max_mass": max_mass}
    limits = {part: limit_of(part, given) for part in PARTS if part in seen}
    sure = {part: _most(seen[part]) for part in limits}
    off = {
        part: [figure for figure in seen[part]["worst"] if is_off(part, figure, limit)]
        for part, limit in limits.items()
    }
    faults = [f"{seen['broken_rules']:,} times a rule does not hold"] if seen["broken_rules"] else []
    faults += [f"{name}: {count:,} values are not multiples of its step" for name, count in seen["off_grid"].items()]
    faults += [_FAULTS[part](off[part][0], limit) for part, limit in limits.items() if off[part]]
    figures = {f"{part}_surely_off": share for part, share in sure.items()}
    words = [
        f"{sure[part]:.2%} {_WORDS[part]} (limit {100 * limit:g}%)" for part, limit in limits.items() if sure[part]
    ]
    told = f"surely off are, of the rows, {', '.join(words)}" if words else "nothing is surely off"
    sentence = "; ".join(faults) or f"rules hold; {told}"
    return not faults, {**seen, **figures}, f"{sentence}; {_on_digits(seen)}"


def _faults(observed: Facts, kwargs: Facts) -> tuple[float, float]:
    """Return how many things are surely off, none of which may be."""
    parts = [part for part in PARTS if part in observed]
    off = [any(is_off(part, one, limit_of(part, kwargs)) for one in observed[part]["worst"]) for part in parts]
    return float(sum(off) + len(observed["off_grid"]) + bool(observed["broken_rules"])), 0.0


def limit_of(part: str, given: Mapping[str, Any]) -> float:
    """Return the limit of a part of the check.

    Args:
        part: one of :data:`PARTS`.
        given: the arguments of the check.
    """
    name = PARTS[part]
    return float(given[name]) if name else MOST_HEAPS


def is_off(part: str, figure: Mapping[str, Any], limit: float) -> bool:
    """Tell whether a figure is surely further off than its limit.

    A tail is also too light if surely more rows are missing than it has, and those are a fifth of the limit: most
    of it is not there.
    """
    sure = float(figure["sure"])
    return sure > limit or (part == "light_tails" and sure > max(limit / 5, float(figure["share"])))


def _most(figures: Mapping[str, Any]) -> float:
    return max((float(figure["sure"]) for figure in figures["worst"]), default=0.0)


def _on_digits(seen: Mapping[str, Any]) -> str:
    """Say what is known of digits: nothing of reals whose contract does not say how many they have."""
    if not seen["without_digits"]:
        return "all reals have declared digits" if seen["with_digits"] else "no column has digits to check"
    listed = some_of(seen["without_digits"], most=_LISTED)
    return f"the release cannot tell how many digits {listed} should have"


def _pair_fault(figure: Mapping[str, Any], limit: float) -> str:
    return (
        f"{' x '.join(figure['attributes'])}: surely {figure['sure']:.2%} of the rows are where the release says that "
        f"nobody is; limit {limit:.2%}"
    )


def _tail_fault(figure: Mapping[str, Any], limit: float) -> str:
    return f"{_beyond(figure)}, surely {figure['sure']:.2%} too many in its tail; limit {limit:.2%}"


def _light_fault(figure: Mapping[str, Any], limit: float) -> str:
    most = "" if figure["sure"] > limit else ", or more than there are"
    return f"{_beyond(figure)}, surely {figure['sure']:.2%} too few in its tail; limit {limit:.2%}{most}"


def _beyond(figure: Mapping[str, Any]) -> str:
    word = "above" if figure["end"] == "upper" else "below"
    return _beside_released(figure, f"are {word} {figure['beyond']}")


def _mass_fault(figure: Mapping[str, Any], limit: float) -> str:
    return _apart(figure, f"are {figure['value']:g}", limit)


def _heap_fault(figure: Mapping[str, Any], limit: float) -> str:
    return _apart(figure, f"have {figure['what']}", limit)


def _apart(figure: Mapping[str, Any], what: str, limit: float) -> str:
    return f"{_beside_released(figure, what)}, surely {figure['sure']:.2%} apart; limit {limit:.2%}"


def _beside_released(figure: Mapping[str, Any], what: str) -> str:
    share, released = figure["share"], max(0.0, figure["released"])
    return f"{figure['column']}: {share:.2%} of the rows {what}, released {released:.2%}"


def _value_fault(figure: Mapping[str, Any], limit: float) -> str:
    return (
        f"{figure['attributes'][0]}: surely {figure['sure']:.2%} of the rows have values that the release "
        f"says nobody has; limit {limit:.2%}"
    )


_FAULTS = {
    "pairs": _pair_fault,
    "values": _value_fault,
    "tails": _tail_fault,
    "light_tails": _light_fault,
    "masses": _mass_fault,
    "listed": _mass_fault,
    "heaps": _heap_fault,
}
_WORDS = {
    "pairs": "in impossible pairs",
    "values": "at impossible values",
    "tails": "too many in tails",
    "light_tails": "too few in tails",
    "masses": "in special values",
    "listed": "in listed values",
    "heaps": "in how round values are",
}

REALISM = CheckKind(
    type=_TYPE,
    claim="realism",
    entries=_entries,
    facts=_facts,
    judge=_judge,
    measure=_faults,
    tally=_Counter,
    later=_LATER,
    fact="realism",
)
