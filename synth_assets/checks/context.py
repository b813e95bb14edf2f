"""What a candidate is compared with besides its release: the version and the release before, and other datasets.

All of it is public: counts of synthetic rows, released noisy counts, values of
other promoted versions. It is gathered where the project's folders are known
(``promotion.context``), handed to the checks as plain figures, and travels in the
bundle, so that an audit judges by the same figures. That they are those of the
version before is the operator's word.

Example:
    >>> before = Earlier(digest="a1", rows=10.0, rows_error=0.0, columns={})
    >>> Context.from_json(Context(version=before).as_json()).version.digest
    'a1'
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from synth_assets.candidate import Candidate
from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import encode_repeated
from synth_assets.errors import IntegrityError
from synth_assets.evaluation.record import Evaluation
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.release import Release

__all__ = [
    "NOTHING",
    "Context",
    "Earlier",
    "EarlierColumn",
    "OtherColumn",
    "layout_of",
    "marginal_of",
    "release_before",
    "version_before",
]

_HINT = "the bundle was altered or is incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierColumn:
    """A column's own marginal in an earlier version or release.

    Attributes:
        layout: digest of how its values were laid out; columns of another layout are compared by labels alone.
        counts: rows of each code, synthetic or noisy.
        scale: of the noise in them; 0 for synthetic rows.
        labels: the category of each code, null for null; empty unless a category takes unknown texts.
        other: the code of that category; 0 without labels.
    """

    layout: str
    counts: tuple[int, ...]
    scale: float = 0.0
    labels: tuple[str | None, ...] = ()
    other: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A version or a release before.

    Attributes:
        digest: its name.
        rows: number of its rows, synthetic or estimated.
        rows_error: standard error of that number; 0 for a version.
        columns: the marginal of each column.
    """

    digest: str
    rows: float
    rows_error: float
    columns: Mapping[str, EarlierColumn]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherColumn:
    """The values of a column of another dataset's promoted version.

    Attributes:
        version: digest of the version.
        values: its distinct values as texts, in order; nulls are none.
    """

    version: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is compared with; empty where a contract does not ask for it, or there is nothing.

    Attributes:
        version: the promoted version before this candidate, with other rows.
        release: the release before the candidate's own.
        others: columns of other datasets, as ``dataset.column``.
        evaluation: what was measured about this candidate; it has a file of its own and is not compared.
        scenario: the contract's scenario whose rows are judged; empty for the whole table.
        table: the whole table that a scenario's figures stand beside; not written and not compared.
    """

    version: Earlier | None = None
    release: Earlier | None = None
    others: Mapping[str, OtherColumn] = field(default_factory=dict)
    evaluation: Evaluation | None = field(default=None, compare=False)
    scenario: str = field(default="", compare=False)
    table: Candidate | None = field(default=None, compare=False)

    def as_json(self) -> dict[str, Any]:
        """Return what others were compared by as plain JSON values: the rest has files of its own."""
        facts = asdict(replace(self, evaluation=None, table=None))
        return {name: facts[name] for name in ("version", "release", "others")}

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Invert :meth:`as_json`; the value may have been written by anybody.

        Raises:
            IntegrityError: it is not a context.
        """
        try:
            others = {str(name): _other(other) for name, other in value["others"].items()}
            context = cls(version=_earlier(value["version"]), release=_earlier(value["release"]), others=others)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            raise IntegrityError("context.json does not say what was compared with", hint=_HINT) from error
        if canonical_json(context.as_json()) != canonical_json(value):
            raise IntegrityError("context.json holds something else besides", hint=_HINT)
        return context


NOTHING = Context()
"""A first version, and no other datasets."""


def layout_of(column: Column) -> str:
    """Return a digest of how a column's values are laid out as codes."""
    return sha256_bytes(canonical_json(column.as_json()))


def marginal_of(column: Column, counts: NDArray[np.int64], *, scale: float = 0.0) -> EarlierColumn:
    """Return a column's marginal from the rows of its codes, shape (size,)."""
    rows = tuple(counts.tolist())
    if column.other is None:
        return EarlierColumn(layout=layout_of(column), counts=rows, scale=scale)
    labels = (*column.categories, *([None] if column.nullable else []))
    other = column.categories.index(column.other)
    return EarlierColumn(layout=layout_of(column), counts=rows, scale=scale, labels=labels, other=other)


def version_before(digest: str, domain: Domain, batches: Iterable[Any]) -> Earlier:
    """Count the marginals of an earlier version.

    Args:
        digest: the version's.
        domain: its columns.
        batches: its rows, a table of the measured columns at a time.
    """
    counts: dict[str, NDArray[np.int64]] = {c.name: np.zeros(c.size, dtype=np.int64) for c in domain.columns}
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        for column in domain.columns:
            counts[column.name] += np.bincount(encode_repeated(column, batch[column.name]), minlength=column.size)
    columns = {column.name: marginal_of(column, counts[column.name]) for column in domain.columns}
    return Earlier(digest=digest, rows=float(rows), rows_error=0.0, columns=columns)


def release_before(release: Release) -> Earlier:
    """Return the noisy marginals of an earlier release."""
    one_ways = {name: release.one_way(name) for name in release.domain.names}
    columns = {
        name: marginal_of(release.domain[name], table.counts, scale=table.scale) for name, table in one_ways.items()
    }
    return Earlier(
        digest=release.digest, rows=release.total(), rows_error=release.total_standard_error(), columns=columns
    )


def _earlier(value: Any) -> Earlier | None:
    if value is None:
        return None
    columns = {str(name): _column(column) for name, column in value["columns"].items()}
    rows, rows_error = _number(value["rows"]), _number(value["rows_error"])
    return Earlier(digest=str(value["digest"]), rows=rows, rows_error=rows_error, columns=columns)


def _column(value: Any) -> EarlierColumn:
    counts = tuple(map(_whole, value["counts"]))
    labels = tuple(None if label is None else str(label) for label in value["labels"])
    other = _whole(value["other"])
    if not 0 <= other < max(len(labels), 1) or len(labels) not in (0, len(counts)) or len(set(labels)) < len(labels):
        raise ValueError(labels)
    return EarlierColumn(
        layout=str(value["layout"]), counts=counts, scale=_number(value["scale"]), labels=labels, other=other
    )


def _other(value: Any) -> OtherColumn:
    return OtherColumn(version=str(value["version"]), values=tuple(map(str, value["values"])))


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) >= 2**62:
        raise ValueError(value)
    return value


def _number(value: Any) -> float:
    number = float(value)
    if not (math.isfinite(number) and 0 <= number < 1e18):  # noqa: PLR2004 - more rows than there are
        raise ValueError(value)
    return number
