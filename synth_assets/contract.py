"""The contract: everything public about one dataset that is decided before data is touched.

One model serves as the attributes of the Dagster component, as a Python object
and as what the command line reads. It holds no private information and no
location: a source is a name that the privacy officer registered.

Two digests follow from it. :meth:`DatasetContract.fingerprint` covers what
decides a release and nothing else, so that a new description or another number
of rows never spends budget again; :meth:`DatasetContract.digest` covers all.

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

import datetime as dt
from typing import Annotated, Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from synth_assets.domain import FINEST, Column, Domain
from synth_assets.errors import UsageError
from synth_assets.expressions import Expression, parse
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.privacy import Cap, PrivacyUnit

__all__ = [
    "Checks",
    "DatasetContract",
    "GeneratorSpec",
    "Privacy",
    "Refresh",
    "Spend",
    "UnitSpec",
]

_EPOCH = dt.date(1970, 1, 1)
_NAME = r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"
LARGEST_DOMAIN = 4096
"""Most codes of one column: more cannot be measured with useful noise."""


class _Part(BaseModel):
    """Frozen and strict about names: an unknown key is a fault, not a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _ColumnSpec(_Part):
    nullable: bool = Field(
        default=False, description="Whether the synthetic column may be null; unreadable values become null."
    )
    null_tokens: tuple[str, ...] = Field(
        default=(), strict=False, description="Texts that mean null, besides the empty text."
    )
    domain_source: str = Field(
        min_length=1, description="Where the domain comes from: a codebook, a law, a standard, or `seen in data`."
    )
    description: str = ""


class _NumberSpec(_ColumnSpec):
    bins: int | None = Field(
        default=None, ge=1, le=FINEST, description="Bins of equal width; by default one a value if few."
    )


class IntegerColumn(_NumberSpec):
    """Whole numbers between ``min`` and ``max``, both included, or the listed ``values`` only."""

    type: Literal["integer"]
    min: int | None = None
    max: int | None = None
    values: tuple[int, ...] = Field(
        default=(), strict=False, description="The only values, ascending, where there are gaps."
    )
    edges: tuple[int, ...] = Field(
        default=(), strict=False, description="Inner bin edges, ascending, instead of equal bins."
    )
    special_values: tuple[int, ...] = Field(default=(), strict=False, description="Values with a meaning of their own.")

    @model_validator(mode="after")
    def _ordered(self) -> "IntegerColumn":
        if self.values:
            if (self.min, self.max, self.edges, self.bins) != (None, None, (), None):
                raise ValueError("values stand alone: remove min, max, edges and bins")
            if list(self.values) != sorted(set(self.values)) or len(self.values) > LARGEST_DOMAIN:
                raise ValueError(f"values must ascend, each once, at most {LARGEST_DOMAIN}")
        elif self.min is None or self.max is None:
            raise ValueError("needs min and max, or values: a domain is declared, never taken from private rows")
        else:
            _check_range(self.min, self.max, self.edges)
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        return Column(
            name=name,
            kind="integer",
            minimum=self.values[0] if self.values else self.min or 0,
            maximum=self.values[-1] if self.values else self.max or 0,
            values=self.values,
            edges=self.edges,
            bins=self.bins,
            specials=self.special_values,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
        )


class FloatColumn(_NumberSpec):
    """Real numbers between ``min`` and ``max``."""

    type: Literal["float"]
    min: float
    max: float
    edges: tuple[float, ...] = Field(
        default=(), strict=False, description="Inner bin edges, ascending, instead of equal bins."
    )
    special_values: tuple[float, ...] = Field(
        default=(), strict=False, description="Values with a meaning of their own."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "FloatColumn":
        _check_range(self.min, self.max, self.edges)
        if self.min == self.max:
            raise ValueError(f"min={self.min} must be below max={self.max}")
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        return Column(
            name=name,
            kind="float",
            minimum=self.min,
            maximum=self.max,
            edges=self.edges,
            bins=self.bins,
            specials=self.special_values,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
        )


class DateColumn(_NumberSpec):
    """Calendar dates between ``min`` and ``max``, both included."""

    type: Literal["date"]
    min: dt.date
    max: dt.date

    @field_validator("min", "max", mode="before")
    @classmethod
    def _iso(cls, value: Any) -> Any:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _ordered(self) -> "DateColumn":
        _check_range((self.min - _EPOCH).days, (self.max - _EPOCH).days, ())
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column; its numbers are days since 1970-01-01."""
        first, last = (self.min - _EPOCH).days, (self.max - _EPOCH).days
        return Column(
            name=name,
            kind="date",
            minimum=first,
            maximum=last,
            bins=self.bins,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
        )


class CategoricalColumn(_ColumnSpec):
    """One of the listed texts."""

    type: Literal["categorical"]
    categories: tuple[str, ...] = Field(min_length=1, max_length=LARGEST_DOMAIN, strict=False)
    other: str | None = Field(default=None, description="The category that takes unknown values, when not null.")

    @field_validator("categories", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        for item in value if isinstance(value, list) else ():
            if isinstance(item, bool):
                raise ValueError(f'{item} is a boolean to YAML: quote it, as in ["yes", "no"]')  # noqa: TRY004 - pydantic's way
            if not isinstance(item, str):
                raise ValueError(f'{item!r} is not text: quote it, as in "{item}"')  # noqa: TRY004 - pydantic's way
        return value

    @model_validator(mode="after")
    def _known(self) -> "CategoricalColumn":
        twice = [item for place, item in enumerate(self.categories) if item in self.categories[:place]]
        if twice:
            raise ValueError(f"category {twice[0]!r} is listed twice")
        if self.other is not None and self.other not in self.categories:
            raise ValueError(f"other={self.other!r} must be one of the categories")
        if set(self.null_tokens) & set(self.categories):
            raise ValueError("a null token cannot be a category too")
        return self

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        return Column(
            name=name,
            kind="categorical",
            categories=self.categories,
            other=self.other,
            nullable=self.nullable,
            null_tokens=self.null_tokens,
        )


class BooleanColumn(_ColumnSpec):
    """True or false."""

    type: Literal["boolean"]

    def column(self, name: str) -> Column:
        """Return the layout of this column."""
        return Column(name=name, kind="boolean", nullable=self.nullable, null_tokens=self.null_tokens)


ColumnSpec = Annotated[
    IntegerColumn | FloatColumn | DateColumn | CategoricalColumn | BooleanColumn, Field(discriminator="type")
]


class Spend(_Part):
    """What one release may cost, as (epsilon, delta) for the declared unit."""

    epsilon: float = Field(gt=0, le=100, allow_inf_nan=False)
    delta: float = Field(gt=0, lt=0.01, description="Below one over the number of units.")


class UnitSpec(_Part):
    """All rows that share a value of ``column``, at most ``max_rows`` of them counted."""

    column: str
    max_rows: int = Field(ge=1, le=1000)


class Privacy(_Part):
    """Who is protected, how, and what one release costs."""

    unit: Literal["rows"] | UnitSpec
    neighbours: Literal["add_remove_unit"] = "add_remove_unit"
    spend: Spend
    evaluation_share: float = Field(
        default=0.0, ge=0, description="Share of rho for measured checks; must be 0 for now."
    )

    @field_validator("evaluation_share")
    @classmethod
    def _not_built(cls, value: float) -> float:
        if value != 0:
            raise ValueError(f"evaluation_share={value} must be 0 until measured checks are built")
        return value


class GeneratorSpec(_Part):
    """The model that is fitted to a release."""

    kind: Literal["mixture"] = "mixture"


class Checks(_Part):
    """Thresholds that are fixed before data is seen."""

    max_excess_distance: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        description="Largest mean total variation to the released marginals beyond what their noise and sampling explain.",
    )
    max_null_difference: float = Field(
        default=0.05, gt=0, lt=1, description="Largest gap in a column's share of nulls."
    )


class Refresh(_Part):
    """When new versions are made."""

    release: Literal["once", "new_version"] = Field(
        default="once",
        description="`once`: never a second release; `new_version`: one for each version label of the source.",
    )
    candidate: str | None = Field(default=None, description="Cron expression for new candidates, which are free.")

    @field_validator("candidate")
    @classmethod
    def _cron(cls, value: str | None) -> str | None:
        if value is not None and len(value.split()) != 5:  # noqa: PLR2004 - cron has five fields
            raise ValueError(f"{value!r} is not a cron expression of five fields, such as `0 6 * * 1`")
        return value


class DatasetContract(_Part):
    """The whole public description of one dataset."""

    name: str = Field(pattern=_NAME)
    purpose: str = Field(min_length=1, description="What the synthetic table is for; goes into the datasheet.")
    prohibited_uses: tuple[str, ...] = Field(default=(), strict=False)
    owners: tuple[str, ...] = Field(default=(), strict=False, description="E-mail addresses or `team:name`.")
    source: str = Field(pattern=_NAME, description="Name of a source that the privacy officer registered.")
    privacy: Privacy
    columns: dict[str, ColumnSpec] = Field(min_length=1, description="The measured columns and their declared domains.")
    derived: dict[str, str] = Field(default_factory=dict, description="Columns computed on synthetic rows.")
    rules: dict[str, str] = Field(default_factory=dict, description="Expressions that hold in every row.")
    focus: tuple[str, ...] = Field(default=(), strict=False, description="Columns whose relations matter most.")
    target: str | None = Field(default=None, description="Column that people will predict.")
    generator: GeneratorSpec = GeneratorSpec()
    rows: int | None = Field(
        default=None, ge=1, le=10**10, description="Rows of the synthetic table; default: the noisy count."
    )
    expectations: str | None = Field(default=None, description="Path of the suite; default `expectations/<name>.json`.")
    checks: Checks = Checks()
    refresh: Refresh = Refresh()

    @model_validator(mode="after")
    def _consistent(self) -> "DatasetContract":
        faults = [fault for _, fault in self.cross_faults()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def cross_faults(self) -> list[tuple[tuple[str, ...], str]]:
        """List what is wrong between parts: pairs of a path in the contract and a message."""
        return [*self._name_faults(), *self._expression_faults()]

    def _name_faults(self) -> list[tuple[tuple[str, ...], str]]:
        faults: list[tuple[tuple[str, ...], str]] = []
        known = ", ".join(self.columns)
        unit = self.privacy.unit
        if isinstance(unit, UnitSpec) and unit.column in self.columns:
            faults.append(
                (("columns", unit.column), f"the unit column {unit.column!r} cannot be a data column: remove it")
            )
        for name in self.focus:
            if name not in self.columns:
                faults.append((("focus",), f"focus names unknown column {name!r}; measured columns: {known}"))
        if self.target is not None and self.target not in self.columns:
            faults.append((("target",), f"target names unknown column {self.target!r}; measured columns: {known}"))
        for name in self.derived:
            if name in self.columns:
                faults.append((("derived", name), f"derived column {name!r} is a measured column too: keep one"))
        return faults

    def _expression_faults(self) -> list[tuple[tuple[str, ...], str]]:
        faults: list[tuple[tuple[str, ...], str]] = []
        schema = self.domain().arrow_schema()
        for name, text in self.derived.items():
            try:
                schema = schema.append(pa.field(name, parse(text, schema).type))
            except UsageError as error:
                faults.append((("derived", name), f"{error.message}; {error.hint}"))
        for name, text in self.rules.items():
            try:
                if parse(text, schema).type != pa.bool_():
                    faults.append((("rules", name), f"rule `{text}` is not true or false: write a comparison"))
            except UsageError as error:
                faults.append((("rules", name), f"{error.message}; {error.hint}"))
        return faults

    def domain(self) -> Domain:
        """Return the measured columns' layout."""
        return Domain(columns=tuple(spec.column(name) for name, spec in self.columns.items()))

    def unit(self) -> PrivacyUnit:
        """Return the privacy unit."""
        unit = self.privacy.unit
        if isinstance(unit, UnitSpec):
            return PrivacyUnit(column=unit.column, max_rows=unit.max_rows, neighbours=self.privacy.neighbours)
        return PrivacyUnit(neighbours=self.privacy.neighbours)

    def cap(self) -> Cap:
        """Return what one release may cost."""
        return Cap(epsilon=self.privacy.spend.epsilon, delta=self.privacy.spend.delta)

    def table_schema(self) -> pa.Schema:
        """Return the schema of the synthetic table: measured columns, then derived ones."""
        schema = self.domain().arrow_schema()
        for name, text in self.derived.items():
            schema = schema.append(pa.field(name, parse(text, schema).type))
        return schema

    def derivations(self) -> dict[str, Expression]:
        """Return the parsed expression of each derived column; later ones may read earlier ones."""
        schema, found = self.domain().arrow_schema(), {}
        for name, text in self.derived.items():
            found[name] = parse(text, schema)
            schema = schema.append(pa.field(name, found[name].type))
        return found

    def rule_expressions(self) -> dict[str, Expression]:
        """Return the parsed expression of each rule."""
        schema = self.table_schema()
        return {name: parse(text, schema) for name, text in self.rules.items()}

    def release_part(self) -> dict[str, Any]:
        """Return what decides a release, as plain JSON values."""
        return {
            "source": self.source,
            "unit": self.unit().as_json(),
            "spend": self.privacy.spend.model_dump(),
            "domain": self.domain().as_json(),
            "focus": list(self.focus),
            "target": self.target,
        }

    def fingerprint(self) -> str:
        """Return the SHA-256 of :meth:`release_part`: one release per fingerprint and source version."""
        return sha256_bytes(canonical_json(self.release_part()))

    def digest(self) -> str:
        """Return the SHA-256 of the whole contract."""
        return sha256_bytes(canonical_json(self.model_dump(mode="json")))

    @property
    def suite_path(self) -> str:
        """Path of the expectations suite, relative to the project."""
        return self.expectations or f"expectations/{self.name}.json"


def _check_range(low: float, high: float, edges: tuple[float, ...]) -> None:
    if low > high:
        raise ValueError(f"min={low} must not be above max={high}")
    inside = all(low < edge <= high for edge in edges)
    if not inside or any(a >= b for a, b in zip(edges, edges[1:], strict=False)):
        raise ValueError("edges must ascend and lie between min and max")
    if len(edges) >= LARGEST_DOMAIN:
        raise ValueError(f"{len(edges)} edges are too many to measure: at most {LARGEST_DOMAIN - 1}")
