"""What is guaranteed: the bound on any attack, the loss at several deltas, and what the account came to."""

from collections.abc import Mapping
from fractions import Fraction
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from synth_assets.audit.charts import scale_bars
from synth_assets.audit.privacy_statement import FALSE_ALARM, identification_bound
from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.privacy import ATTO, HELD_OUT, MEASURED, NANO, PrivacyLoss, epsilon_of

__all__ = ["FIRST_GUARANTEE", "GUARANTEE", "SECOND_GUARANTEE"]

_WHO = {None: "all people", MEASURED: "measured people", HELD_OUT: "held-out people"}
_DELTAS = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9)


def _context(facts: ReportFacts) -> dict[str, Any]:
    """Three digits of a loss are what a reader can use; the statement has all."""
    return {**_second(facts), "few": True}


def _second(facts: ReportFacts) -> dict[str, Any]:
    """Bound all that is published, and say what asking real people and each part of an account cost."""
    asked = () if facts.evaluation is None else sorted(facts.evaluation.answers, key=list(_WHO).index)
    words = "all that is published here" if asked else "this release"
    split = facts.statement["account"].get("split", {"spent": {}})
    return {
        **_shown(facts),
        **_promised(facts, identification_bound(facts.published), facts.published, words=words),
        "asked": [(f"charged for asking {_WHO[part]}", facts.contract.evaluation_loss(part).rho) for part in asked],
        "conditional": facts.statement.get("conditional", []),
        "of_release": " of the release",
        "parts": [(_WHO[part], loss["nano_rho"] / NANO) for part, loss in sorted(split["spent"].items(), reverse=True)],
    }


def _first(facts: ReportFacts) -> dict[str, Any]:
    composition = facts.statement["composition"]
    identified, charged = composition["identified_at_5_in_100"], PrivacyLoss(**composition["charged"])
    return {
        **_shown(facts),
        **_promised(facts, identified, charged, words="this release"),
        "asked": [],
        "parts": [],
        "conditional": [],
    }


def _shown(facts: ReportFacts) -> dict[str, Any]:
    return {
        "statement": facts.statement,
        "composition": facts.statement["composition"],
        "account": facts.statement["account"],
        "unit": facts.contract.unit(),
    }


def _promised(facts: ReportFacts, identified: float, loss: PrivacyLoss, *, words: str) -> dict[str, Any]:
    return {
        "identified": identified,
        "guesses": _guesses(facts.statement, identified, words=words),
        "profile": _profile(loss),
    }


def _guesses(statement: Mapping[str, Any], identified: float, *, words: str) -> Markup:
    """Draw how many members an attacker identifies at most, beside guessing."""
    rows = [
        ("accusing at random", FALSE_ALARM, "chance"),
        (f"with {words}, at most", identified, "bound"),
        ("with all of the account, at most", statement["account"]["identified_at_5_in_100"], "bound"),
    ]
    shares = "; ".join(f"{name} {100 * share:.1f} in 100" for name, share, _ in rows)
    return scale_bars(rows, label=f"Members that an attacker identifies while accusing 5 in 100 innocents: {shares}")


def _profile(loss: PrivacyLoss) -> list[tuple[float, float]]:
    """Return epsilon at each delta that the loss has one for."""
    above = [delta for delta in _DELTAS if Fraction(delta) > Fraction(loss.atto_delta, ATTO)]
    return [(delta, epsilon_of(loss, delta=delta)) for delta in above]


_TEMPLATE = files(__package__).joinpath("guarantee.html")
FIRST_GUARANTEE = Section(template=_TEMPLATE, context=_first, until=1)
SECOND_GUARANTEE = Section(template=_TEMPLATE, context=_second, since=2, until=4)
GUARANTEE = Section(template=_TEMPLATE, context=_context, since=5)
