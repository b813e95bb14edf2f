"""The contract: everything public about one dataset that is decided before data is touched.

One model serves as the attributes of the Dagster component, as a Python object
and as what the command line reads. It holds no private information and no
location: a source is a name that the privacy officer registered.

Two digests follow from it. :meth:`DatasetContract.fingerprint` covers what
decides a release and nothing else, so that a new description or another number
of rows never spends budget again; :meth:`DatasetContract.digest` covers all.
How numbers become codes is decided by the release and not by the contract:
there is a fingerprint per layout of columns, and new releases have the newest.

Example:
    >>> contract = DatasetContract.model_validate({
    ...     "name": "minimal", "purpose": "teaching", "source": "demo",
    ...     "privacy": {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}},
    ...     "columns": {"age": {"type": "integer", "min": 0, "max": 99, "domain_source": "definition"}},
    ... })
    >>> contract.domain().shape()
    (100,)
    >>> contract.unit().describe()
    'one row, added or removed'
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

import pyarrow as pa
from pydantic import Field, field_validator, model_validator

from synth_assets.contract.columns import CategoricalColumn, ColumnSpec, Part
from synth_assets.contract.cron import is_cron
from synth_assets.contract.cross_faults import CrossFault, expression_faults, name_faults, threshold_faults
from synth_assets.contract.declared import LATER, Key, Words, open_places
from synth_assets.contract.gates import Evaluation, Gate, GateName
from synth_assets.contract.generator import GeneratorSpec, Named
from synth_assets.contract.governance import Governance
from synth_assets.contract.lookup import Derived, Lookup, derivation
from synth_assets.contract.partitions import partition_name
from synth_assets.contract.privacy import Privacy, UnitSpec
from synth_assets.contract.public_checks import Checks, asked_faults
from synth_assets.contract.scenarios import Scenario, ScenarioName
from synth_assets.domain import NEW_ROUNDS, NEWEST_LAYOUT, Column, Domain
from synth_assets.domain.codes import value_texts
from synth_assets.domain.expressions import Expression, parse
from synth_assets.domain.lookup import Derivation
from synth_assets.errors import UsageError
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.privacy import HELD_OUT, Cap, PrivacyLoss, PrivacyUnit

__all__ = ["DatasetContract", "Refresh"]

_MILLION = 1_000_000
_NAME = r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"
"""Name of a column or rule: any text on one line."""


class Refresh(Part):
    """When new versions are made."""

    release: Literal["once", "new_version"] = Field(
        default="once",
        description="`once`: never a second release, whatever the source's label; `new_version`: one for each version "
        "label of the source, each charged.",
    )
    candidate: str | None = Field(
        default=None,
        examples=["0 6 * * 1"],
        description="Cron expression for new candidates; free, unless gates ask people about each.",
    )
    release_schedule: Annotated[str | None, LATER] = Field(
        default=None,
        examples=["0 4 1 * *"],
        description="Cron expression for asking for the release; a tick pays at most once, and only where the account "
        "covers it.",
    )

    @field_validator("candidate", "release_schedule")
    @classmethod
    def _cron(cls, value: str | None) -> str | None:
        if value is not None and not is_cron(value):
            raise ValueError(f"{value!r} is not a cron expression of five fields, such as `0 6 * * 1`")
        return value


class DatasetContract(Part):
    """The whole public description of one dataset."""

    name: str = Field(
        pattern=_NAME, description="Of the dataset: its folder, its assets, its suite.", examples=["visits"]
    )
    purpose: Words = Field(
        min_length=1,
        examples=["Planning of beds."],
        description="What the synthetic table is for; goes into the datasheet.",
    )
    prohibited_uses: tuple[Words, ...] = Field(
        default=(), strict=False, description="What nobody may do with the table.", examples=[["re-identification"]]
    )
    owners: tuple[Words, ...] = Field(
        default=(), strict=False, examples=[["team:clinic"]], description="E-mail addresses or `team:name`."
    )
    governance: Annotated[Governance, LATER] = Field(
        default=Governance(),
        examples=[{"controller": "Clinic of Example, 1 Road", "legal_basis": "GDPR Art. 6(1)(e), Art. 89"}],
        description="What whoever signs for it wants to read: controller, legal basis, approvals.",
    )
    source: str = Field(
        pattern=_NAME, examples=["visits"], description="Name of a source that the privacy officer registered."
    )
    privacy: Privacy = Field(
        description="Who is protected, how, and what one release costs.",
        examples=[{"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1.0e-7}}],
    )
    columns: dict[Key, ColumnSpec] = Field(
        min_length=1,
        description="The measured columns and their declared domains.",
        examples=[{"age": {"type": "integer", "min": 0, "max": 110, "domain_source": "definition"}}],
    )
    derived: dict[Key, Derived] = Field(
        default_factory=dict,
        examples=[{"old": "age >= 65"}],
        description="Columns computed on synthetic rows: expressions, or tables to look up.",
    )
    rules: dict[Key, str] = Field(
        default_factory=dict, description="Expressions that hold in every row.", examples=[{"paid": "net <= gross"}]
    )
    focus: tuple[str, ...] = Field(
        default=(), strict=False, description="Columns whose relations matter most.", examples=[["age", "ward"]]
    )
    target: str | None = Field(default=None, description="Column that people will predict.", examples=["ward"])
    generator: GeneratorSpec = Field(
        default=GeneratorSpec(), description="The model that is fitted to the release.", examples=[{"kind": "mixture"}]
    )
    compare: Annotated[tuple[Named, ...], LATER] = Field(
        default=(),
        strict=False,
        examples=[["gan"]],
        description="Kinds of generators to see beside it in Dagster, each once.",
    )
    rows: int | None = Field(
        default=None,
        ge=1,
        le=10**10,
        examples=[10000],
        description="Rows of the synthetic table; default: the noisy count.",
    )
    expectations: str | None = Field(
        default=None,
        examples=["expectations/visits.json"],
        description="Path of the suite; default `expectations/<name>.json`.",
    )
    checks: Checks = Field(
        default=Checks(), description="Limits of public checks.", examples=[{"max_null_difference": 0.02}]
    )
    gates: Annotated[dict[GateName, Gate], LATER] = Field(
        default_factory=dict,
        examples=[{"tstr_auc": {"min": 0.7}}],
        description="Limits for figures that are measured on real people, each paid for.",
    )
    evaluation: Annotated[Evaluation, LATER] = Field(
        default=Evaluation(), examples=[{"population": 20000}], description="How measured figures are made."
    )
    scenarios: Annotated[dict[ScenarioName, Scenario], LATER] = Field(
        default_factory=dict,
        examples=[{"old": {"where": "age >= 65"}}],
        description="Tables of their own beside the whole one: conditions, weights, shares.",
    )
    refresh: Refresh = Field(
        default=Refresh(), description="When new versions are made.", examples=[{"candidate": "0 6 * * 1"}]
    )

    @field_validator("expectations")
    @classmethod
    def _inside_project(cls, value: str | None) -> str | None:
        path = PurePosixPath(value or "x.json")
        if path.is_absolute() or ".." in path.parts or path.suffix != ".json":
            raise ValueError(f"{value!r} must be the path of a .json file inside the project")
        return value

    @field_validator("compare")
    @classmethod
    def _once(cls, listed: tuple[GeneratorSpec, ...]) -> tuple[GeneratorSpec, ...]:
        kinds = [spec.kind for spec in listed]
        if twice := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
            raise ValueError(f"{twice[0]} is listed twice: a kind has one set of options there")
        return listed

    @model_validator(mode="after")
    def _consistent(self) -> "DatasetContract":
        faults = [fault.message for fault in self.cross_faults()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def cross_faults(self) -> list[CrossFault]:
        """List what is wrong between parts."""
        unit = self.privacy.unit
        unanswered = [
            CrossFault(where, message, frozenset({str(where[1])} if where[0] == "columns" else ()))
            for where, message in open_places(self.model_dump())
        ]
        return [
            *unanswered,
            *name_faults(
                columns=list(self.columns),
                unit_column=unit.column if isinstance(unit, UnitSpec) else None,
                focus=self.focus,
                target=self.target,
                derived=self.derived,
            ),
            *threshold_faults(
                delta=self.privacy.spend.threshold_delta,
                max_rows=self.unit().max_rows,
                discovered=self.discovered_columns,
            ),
            *expression_faults(
                schema=self.measured_schema(), derived=self.derived, rules=self.rules, values=self.values_of
            ),
            *asked_faults(
                unique=self.checks.unique,
                relationships=self.checks.relationships,
                dataset=self.name,
                columns=[*self.columns, *self.derived],
            ),
        ]

    @property
    def discovered_columns(self) -> tuple[str, ...]:
        """The columns whose categories only a release knows, in order."""
        return tuple(
            name for name, spec in self.columns.items() if isinstance(spec, CategoricalColumn) and spec.discovered
        )

    @property
    def unprotected_domains(self) -> tuple[str, ...]:
        """The domains that somebody took from private rows, as the contract says itself; a sentence each."""
        seen = (name for name, spec in self.columns.items() if spec.was_seen_in_data)
        return tuple(f"the domain of column {name}, which was seen in data" for name in seen)

    def domain(self, *, found: Mapping[str, tuple[str, ...]] | None = None, layout: int = NEWEST_LAYOUT) -> Domain:
        """Return the measured columns as a new release has them, or one of an older ``layout``.

        Args:
            found: the categories of each discovered column, as a release has them.
            layout: of a release that exists, see :meth:`layout_of`.

        Raises:
            UsageError: a column's categories are discovered and not given: take ``release.domain``.
        """
        unknown = set(self.discovered_columns) - set(found or {})
        if unknown:
            raise UsageError(
                f"the categories of {', '.join(sorted(unknown))} are in no contract", hint="take the release's domain"
            )
        columns = (self._column(name, (found or {}).get(name, ()), layout) for name in self.columns)
        return Domain(columns=tuple(columns))

    def known_domain(self) -> Domain:
        """Return the measured columns whose values are known before a release: those that are not discovered."""
        found = set(self.discovered_columns)
        return Domain(columns=tuple(self.open_column(name) for name in self.columns if name not in found))

    def open_column(self, name: str, *, layout: int = NEWEST_LAYOUT) -> Column:
        """Return a column before categories are found: of a discovered one only ``other`` is known.

        Layout 1 is what the contract says and no more.
        """
        return self._column(name, (), layout)

    def _column(self, name: str, found: tuple[str, ...], layout: int) -> Column:
        spec = self.columns[name]
        column = spec.column(name, found=found) if isinstance(spec, CategoricalColumn) else spec.column(name)
        return column.laid_out(layout)

    def measured_schema(self) -> pa.Schema:
        """Return the schema of the measured columns, which does not depend on what is discovered."""
        columns = (self.open_column(name, layout=1) for name in self.columns)  # types are the same in every layout
        return Domain(columns=tuple(columns)).arrow_schema()

    def unit(self) -> PrivacyUnit:
        """Return the privacy unit."""
        unit = self.privacy.unit
        if isinstance(unit, UnitSpec):
            return PrivacyUnit(column=unit.column, max_rows=unit.max_rows, neighbours=self.privacy.neighbours)
        return PrivacyUnit(neighbours=self.privacy.neighbours)

    def cap(self) -> Cap:
        """Return what one release may cost."""
        spend = self.privacy.spend
        return Cap(epsilon=spend.epsilon, delta=spend.delta, threshold_delta=spend.threshold_delta)

    def release_loss(self) -> PrivacyLoss:
        """Return what the release is charged: everything but the evaluation's share of rho."""
        whole = self.cap().loss()
        return PrivacyLoss(nano_rho=whole.nano_rho - self._evaluation_nano_rho(), atto_delta=whole.atto_delta)

    def evaluation_slice(self, part: str | None) -> PrivacyLoss:
        """Return what all measured checks on one part may cost together.

        Held-out units were not read by the release, so everything is left for them; others have the evaluation's share.
        """
        nano_rho = self.cap().loss().nano_rho if part == HELD_OUT else self._evaluation_nano_rho()
        return PrivacyLoss(nano_rho=nano_rho)

    def evaluation_loss(self, part: str | None) -> PrivacyLoss:
        """Return what the measured checks on one candidate may cost: an equal share for each attempt."""
        return PrivacyLoss(nano_rho=self.evaluation_slice(part).nano_rho // self.privacy.evaluation_attempts)

    def _evaluation_nano_rho(self) -> int:
        return self.cap().loss().nano_rho * round(self.privacy.evaluation_share * _MILLION) // _MILLION

    def values_of(self, name: str) -> frozenset[str] | None:
        """Return all values of a measured column or of a table as texts; ``None`` if only a release knows them.

        Raises:
            KeyError: there is no such column.
        """
        if name in self.derived:
            derived = self.derived[name]
            return derived.results(self.values_of(derived.lookup)) if isinstance(derived, Lookup) else None
        return None if name in self.discovered_columns else value_texts(self.open_column(name))

    def table_schema(self) -> pa.Schema:
        """Return the schema of the synthetic table: measured columns, then derived ones."""
        return pa.schema([*self.measured_schema(), *((name, how.type) for name, how in self.derivations().items())])

    def derivations(self) -> dict[str, Derivation]:
        """Return how each derived column is computed; later ones may read earlier ones."""
        schema, derivations = self.measured_schema(), dict[str, Derivation]()
        for name, derived in self.derived.items():
            derivations[name] = derivation(derived, schema)
            schema = schema.append(pa.field(name, derivations[name].type))
        return derivations

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """The tables of derived columns."""
        return tuple(derived for derived in self.derived.values() if isinstance(derived, Lookup))

    def rule_expressions(self) -> dict[str, Expression]:
        """Return the parsed expression of each rule."""
        schema = self.table_schema()
        return {name: parse(text, schema) for name, text in self.rules.items()}

    def release_part(self, *, layout: int = NEWEST_LAYOUT) -> dict[str, Any]:
        """Return what decides a release whose columns have a layout, as plain JSON values."""
        return {
            "source": self.source,
            "unit": self.unit().as_json(),
            "spend": self.privacy.spend.model_dump(exclude_defaults=True),
            "domain": [self.open_column(name, layout=layout).as_json() for name in self.columns],
            **({"discovered": list(self.discovered_columns)} if self.discovered_columns else {}),
            "focus": list(self.focus),
            "target": self.target,
            **({"holdout": self.privacy.holdout} if self.privacy.holdout else {}),
            **({"evaluation_share": self.privacy.evaluation_share} if self.privacy.evaluation_share else {}),
            **({"layout": layout} if layout >= NEW_ROUNDS else {}),
        }

    def fingerprint(self, *, layout: int = NEWEST_LAYOUT) -> str:
        """Return the SHA-256 of :meth:`release_part`: one release per fingerprint and source version."""
        return sha256_bytes(canonical_json(self.release_part(layout=layout)))

    def layouts(self) -> dict[str, int]:
        """Return the layouts that a release of this contract may have by its fingerprint, newest first.

        A contract whose columns are the same in several layouts has one fingerprint for them, and the newest of them.
        """
        layouts = {self.fingerprint(layout=layout): layout for layout in range(1, NEWEST_LAYOUT + 1)}
        return dict(reversed(layouts.items()))

    def layout_of(self, fingerprint: str) -> int | None:
        """Return the layout of a release by its fingerprint; ``None`` if it was measured under another contract."""
        return self.layouts().get(fingerprint)

    def digest(self) -> str:
        """Return the SHA-256 of the whole contract."""
        return sha256_bytes(canonical_json(self.model_dump(mode="json")))

    def of_partition(self, key: str) -> "DatasetContract":
        """Return the contract of one partition: a dataset and a source of their own, named after the key, one suite.

        Example: of ``2026-Q4``, dataset ``visits`` and source ``clinic`` are ``visits_2026_q4`` and ``clinic_2026_q4``.

        Raises:
            UsageError: the key is empty, or a name would be too long.
        """
        names = {"name": partition_name(self.name, key), "source": partition_name(self.source, key)}
        return self.model_copy(update={**names, "expectations": self.suite_path})

    @property
    def suite_path(self) -> str:
        """Path of the expectations suite, relative to the project."""
        return self.expectations or f"expectations/{self.name}.json"
