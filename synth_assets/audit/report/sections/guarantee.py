"""What is guaranteed: the bound on any attack, the loss at several deltas, and what the account came to."""

from collections.abc import Mapping
from fractions import Fraction
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from synth_assets.audit.charts import scale_bars
from synth_assets.audit.privacy_statement import FALSE_ALARM
from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.privacy import ATTO, PrivacyLoss, epsilon_of

__all__ = ["GUARANTEE"]

_DELTAS = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9)


def _context(facts: ReportFacts) -> dict[str, Any]:
    return {
        "statement": facts.statement,
        "composition": facts.statement["composition"],
        "account": facts.statement["account"],
        "unit": facts.contract.unit(),
        "guesses": _guesses(facts.statement),
        "profile": _profile(facts.statement),
    }


def _guesses(statement: Mapping[str, Any]) -> Markup:
    """Draw how many members an attacker identifies at most, beside guessing."""
    release, account = (statement[part]["identified_at_5_in_100"] for part in ("composition", "account"))
    rows = [
        ("accusing at random", FALSE_ALARM, "chance"),
        ("with this release, at most", release, "bound"),
        ("with all of the account, at most", account, "bound"),
    ]
    shares = "; ".join(f"{name} {100 * share:.1f} in 100" for name, share, _ in rows)
    return scale_bars(rows, label=f"Members that an attacker identifies while accusing 5 in 100 innocents: {shares}")


def _profile(statement: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Return epsilon at each delta that the loss has one for."""
    loss = PrivacyLoss(**statement["composition"]["charged"])
    above = [delta for delta in _DELTAS if Fraction(delta) > Fraction(loss.atto_delta, ATTO)]
    return [(delta, epsilon_of(loss, delta=delta)) for delta in above]


GUARANTEE = Section(template=files(__package__).joinpath("guarantee.html"), context=_context)
