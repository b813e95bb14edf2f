"""One section of the report: a template, and what fills it.

A page is rendered again when a bundle is verified, years later and byte for byte.
So a section says from which template of the report on it is shown, and until which:
a section that is added or changed leaves the pages of older bundles as they were.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.wording import figure, number, per_hundred, power

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["Section", "compiled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section of the report.

    Attributes:
        template: a file of HTML with Jinja; what it is filled with is escaped.
        context: returns what the template is filled with, by name.
        since: the first template of the report (``REPORT_TEMPLATE`` of ``audit.manifest``) that has it.
        until: the last one that has it; ``None`` while it is shown on new pages.
        shown: whether a version has anything to say in this section; without, its page has none.
    """

    template: Traversable
    context: Callable[[ReportFacts], Mapping[str, Any]]
    since: int = 1
    until: int | None = None
    shown: Callable[[ReportFacts], bool] = lambda _: True

    def is_in(self, template: int) -> bool:
        """Tell whether a page of that template of the report has this section."""
        return self.since <= template and (self.until is None or template <= self.until)

    def render(self, facts: ReportFacts) -> Markup:
        """Return the section as HTML, without a newline at its end."""
        return Markup(compiled(self.template.read_text("utf-8")).render(**self.context(facts)))  # noqa: S704 - the template escapes


@cache
def compiled(html: str) -> "Template":
    """Return a template, compiled once: everything that it is filled with is escaped."""
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(per_hundred=per_hundred, power=power, number=number, figure=figure)
    return environment.from_string(html)
