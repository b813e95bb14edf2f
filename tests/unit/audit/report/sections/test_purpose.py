"""Every column is listed with its values and the origin of its domain."""

from dataclasses import replace

from kit.project import Project
from report_pages import facts_of, text_of

from synth_assets.audit.report.sections.purpose import PURPOSE, domain_text
from synth_assets.domain import Column


def test_columns_are_listed_with_their_domains_and_derived_ones_last(checked: Project) -> None:
    text = text_of(PURPOSE, facts_of(checked, checked.evidence(0)))
    assert "north, south, east made up" in text
    assert text.index("false, true") < text.index("age >= 10 computed on synthetic rows")


def test_a_discovered_column_says_how_its_values_were_found(discovering: Project) -> None:
    assert "noisy rows" in text_of(PURPOSE, facts_of(discovering, discovering.evidence(0)))


def test_the_domain_of_categories_is_abbreviated() -> None:
    codes = Column(name="code", kind="categorical", categories=tuple(f"c{n}" for n in range(4096)))
    assert domain_text(codes).endswith(", c59, ... (4,096 values)")
    assert domain_text(replace(codes, categories=("a", "b"))) == "a, b"


def test_the_domain_of_times_is_shown_by_its_ends() -> None:
    time = Column(name="time", kind="datetime", resolution="hour", minimum=0, maximum=47)
    assert domain_text(time) == "1970-01-01 00:00:00 to 1970-01-02 23:00:00"
    assert domain_text(replace(time, bins=2)) == "1970-01-01 00:00:00 to 1970-01-02 23:00:00"
    assert domain_text(replace(time, maximum=0)) == "1970-01-01 00:00:00"
