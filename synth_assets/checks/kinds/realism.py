"""``realism``: what a reader would take for made up, as far as the release can tell without private rows.

Rules that do not hold, digits that the contract does not have, rows in pairs of values
that the release says are empty, tails heavier than the noise explains, and special
values such as zero that are too rare or too frequent. ``checks.realism`` has the figures.

It is judged of every contract, and warns unless the contract says that it blocks: what it
finds is mostly the model's form or the noise, and no other seed mends that. Rules and
digits block by themselves, see ``rules`` and ``domain``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from synth_assets.checks.context import Context
from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import Basis, CheckKind, Facts, Verdict
from synth_assets.checks.realism import DigitCounter, impossible_pairs, masses, tails
from synth_assets.contract import DatasetContract
from synth_assets.listing import some_of

__all__ = ["REALISM"]

_TYPE = "expect_candidate_rows_to_be_realistic"
_WORST = 5
_DIGITS = 6
_LISTED = 3


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    asked = contract.checks.realism
    if asked is not None:
        kwargs = {name: getattr(asked, name) for name in ("max_impossible", "max_tail", "max_mass")}
        description = "Rows do not look made up, as far as the release can tell: rules, digits, pairs, tails, zeros."
        yield generated("realism", type_=_TYPE, kwargs=kwargs, description=description, severity=asked.severity)


def _tally(contract: DatasetContract, context: Context) -> DigitCounter:
    del context
    return DigitCounter(contract)


def _facts(basis: Basis) -> Facts:
    tables, release, digits = basis.counts.tables, basis.release, basis.counts.tallies[_TYPE]
    return {
        "realism": {
            "broken_rules": sum(basis.counts.violations.values()),
            "off_grid": {name: count for name, count in digits["off"].items() if count},
            "with_digits": len(digits["off"]),
            "without_digits": list(digits["undeclared"]),
            "pairs": _worst(impossible_pairs(release, tables)),
            "tails": _worst(tails(release, tables)),
            "masses": _worst(masses(release, tables)),
        }
    }


def _worst(figures: Sequence[Any]) -> dict[str, Any]:
    """Return how many figures there are, and those that are surely or else by their estimate furthest off."""
    first = sorted(figures, key=lambda figure: (-figure.sure, -_gap(figure)))[:_WORST]
    return {"looked_at": len(figures), "worst": [_rounded(asdict(figure)) for figure in first]}


def _gap(figure: Any) -> float:
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
    """Rules hold, digits are as declared, and no pair, tail or special value is surely further off than its limit."""
    seen = facts["realism"]
    limits = {"pairs": max_impossible, "tails": max_tail, "masses": max_mass}
    sure = {part: _most(seen[part]) for part in limits}
    faults = [f"{seen['broken_rules']:,} times a rule does not hold"] if seen["broken_rules"] else []
    faults += [f"{name}: {count:,} values are not multiples of its step" for name, count in seen["off_grid"].items()]
    faults += [_FAULTS[part](seen[part]["worst"][0], limit) for part, limit in limits.items() if sure[part] > limit]
    figures = {f"{part}_surely_off": share for part, share in sure.items()}
    sentence = "; ".join(faults) or (
        "rules hold; surely off are "
        + ", ".join(
            f"{sure[part]:.2%} of the rows {_WORDS[part]} (limit {limit:.2%})" for part, limit in limits.items()
        )
    )
    return not faults, {**seen, **figures}, f"{sentence}; {_on_digits(seen)}"


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
    word = "above" if figure["end"] == "upper" else "below"
    return (
        f"{figure['column']}: {figure['share']:.2%} of the rows are {word} {figure['beyond']}, released "
        f"{max(0.0, figure['released']):.2%}, surely {figure['sure']:.2%} too many in its tail; limit {limit:.2%}"
    )


def _mass_fault(figure: Mapping[str, Any], limit: float) -> str:
    return (
        f"{figure['column']}: {figure['share']:.2%} of the rows are {figure['value']:g}, released "
        f"{max(0.0, figure['released']):.2%}, surely {figure['sure']:.2%} apart; limit {limit:.2%}"
    )


_FAULTS = {"pairs": _pair_fault, "tails": _tail_fault, "masses": _mass_fault}
_WORDS = {"pairs": "in impossible pairs", "tails": "in tails", "masses": "in special values"}

REALISM = CheckKind(type=_TYPE, claim="realism", entries=_entries, facts=_facts, judge=_judge, tally=_tally)
