"""How strict this epsilon is: beside what others published, each with who is protected and where that is said."""

from importlib.resources import files
from typing import Any, NamedTuple

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.section import Section
from synth_assets.audit.report.wording import figure, power
from synth_assets.privacy import epsilon_of

__all__ = ["PUBLISHED", "STRICTNESS", "Deployment"]


class Deployment(NamedTuple):
    """One published use of differential privacy.

    Attributes:
        what: what was published, by whom and since when.
        value: epsilon.
        delta: as it was stated; words where it was not.
        unit: who is protected.
        source: where that is said.
        ours: whether it is the version of this page.
    """

    what: str
    value: float
    delta: str
    unit: str
    source: str
    ours: bool = False

    @property
    def epsilon(self) -> str:
        """Epsilon as it was published, or of this version with few digits."""
        return figure(self.value) if self.ours else f"{self.value:g}"


PUBLISHED = (
    Deployment(
        what="Wikimedia: page views by country, each day since 2023",
        value=1.0,
        delta="10⁻⁷",
        unit="ten page views of one device on one day",
        source="data set country_project_page; rho 0.015",
    ),
    Deployment(
        what="Apple: popular emojis, 2017",
        value=4.0,
        delta="0",
        unit="what one device sends on one day; local",
        source="OpenDP's deployments registry; Desfontaines, list of real-world uses",
    ),
    Deployment(
        what="Microsoft: suggested replies, 2020",
        value=4.0,
        delta="below 10⁻⁷",
        unit="one user",
        source="OpenDP's deployments registry, Assistive AI",
    ),
    Deployment(
        what="Israel, Ministry of Health: synthetic table of live births of 2014",
        value=9.98,
        delta="not stated there",
        unit="one birth",
        source="OpenDP's deployments registry, 2024",
    ),
    Deployment(
        what="US Census 2020: redistricting data, table of persons",
        value=17.14,
        delta="10⁻¹⁰",
        unit="one person, replaced by another",
        source="Census Bureau, working paper SSS2021-02; rho 2.56",
    ),
    Deployment(
        what="LinkedIn: Audience Engagement API, each month",
        value=34.9,
        delta="7 · 10⁻⁹",
        unit="one user in one month",
        source="OpenDP's deployments registry, 2020",
    ),
)
"""In the order of epsilon. What a page shows never changes: another list is another template."""


def _context(facts: ReportFacts) -> dict[str, Any]:
    delta = facts.statement["composition"]["delta"]
    account = facts.statement["account"]
    unit = facts.contract.unit().describe()
    ours = Deployment(
        what=f"This version of {facts.contract.name}",
        value=epsilon_of(facts.published, delta=delta),
        delta=power(delta),
        unit=unit,
        source="all that is published with it",
        ours=True,
    )
    cap = Deployment(
        what=f"The cap of account {account['name']}",
        value=account["cap"]["epsilon"],
        delta=power(account["cap"]["delta"]),
        unit=unit,
        source="the most that may ever be spent",
        ours=True,
    )
    return {"deployments": sorted([ours, cap, *PUBLISHED], key=lambda one: one.value)}


STRICTNESS = Section(template=files(__package__).joinpath("strictness.html"), context=_context, since=5)
