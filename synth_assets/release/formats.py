"""Formats of releases: the names of the files, and the conversion of older formats to the newest.

Format 4 stores all answers in the same way. Formats 1 to 3 have a list per kind:
tables, whose counts are in the long table, and from format 2 on scores and discovered
categories, whose numbers are in ``release.json``. Format 3 differs from 2 in the rule
of thresholds: only counts above a threshold are released. Older formats can always
be read and are never written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synth_assets.release.answers import require
from synth_assets.release.kinds.thresholds import OLD_RULE
from synth_assets.release.model import RELEASE_PLAN

__all__ = ["FORMATS", "Format", "as_newest"]

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The names in a release of one format.

    Attributes:
        table: file of the long table.
        statement: file that states how the answers were measured.
        columns: names of the long table's columns: answer, draw, cell, value.
    """

    table: str
    statement: str
    columns: tuple[str, str, str, str]

    @property
    def files(self) -> tuple[str, str]:
        """The files beside ``release.json``."""
        return (self.table, self.statement)

    @property
    def schema(self) -> pa.Schema:
        """Schema of the long table."""
        return pa.schema(list(zip(self.columns, (pa.int32(), pa.int32(), pa.int64(), pa.int64()), strict=True)))


_OLD = Format(table="marginals.parquet", statement="privacy.json", columns=("clique", "phase", "cell", "count"))
FORMATS: Mapping[int, Format] = {
    1: _OLD,
    2: _OLD,
    3: _OLD,
    4: Format(table="answers.parquet", statement="measurement.json", columns=("answer", "draw", "cell", "value")),
}
_LISTS = {"marginals", "discoveries", "scores"}
_MARGINAL = {"attributes", "level", "shape", "scale", "rho", "draw", "mechanism"}
_SCORES = {"cliques", "scores", "d_in", "scale", "rho", "draw", "mechanism"}
_DISCOVERY = {"column", "categories", "counts", "left_out", "scale", "threshold", "rho", "delta", "draw", "mechanism"}


def as_newest(facts: Mapping[str, Any], *, privacy: Any) -> tuple[dict[str, Any], list[Whole]]:
    """Convert the facts of a release of any format to the newest; also return the values that are not in its table.

    Answers whose numbers older formats stored in ``release.json`` come first.

    Args:
        facts: the content of ``release.json``.
        privacy: the release's statement, which has the d_in of tables in older formats.

    Raises:
        IntegrityError: a part does not match its format.
    """
    if facts["format_version"] not in (1, 2, 3):
        return dict(facts), []
    for part, keys, optional in (
        ("marginals", _MARGINAL, set()),
        ("scores", _SCORES, set()),
        ("discoveries", _DISCOVERY, {"rule"}),
    ):
        require(all(set(record) - optional == keys for record in facts.get(part, ())), "has a record of another kind")
    discoveries, scores = facts.get("discoveries", ()), facts.get("scores", ())
    mechanisms = [*facts["mechanisms"], *(record["mechanism"] for record in (*discoveries, *scores))]
    d_in, first = privacy["d_in"], len(facts["mechanisms"])
    answers = [*map(_discovery, discoveries), *map(_scores, scores)]
    answers = [{"d_in": d_in, **answer, "mechanism": first + index} for index, answer in enumerate(answers)]
    newest = {
        **{name: part for name, part in facts.items() if name not in _LISTS},
        "plan": RELEASE_PLAN,
        "mechanisms": mechanisms,
        "answers": [*answers, *({**_marginal(record), "d_in": d_in} for record in facts["marginals"])],
    }
    numbers = [*(record["counts"] for record in discoveries), *(record["scores"] for record in scores)]
    return newest, [_whole_numbers(values) for values in numbers]


def _discovery(record: Mapping[str, Any]) -> dict[str, Any]:
    names = ("column", "categories", "left_out", "threshold")
    return {
        "kind": "thresholds",
        "descriptor": {**{name: record[name] for name in names}, "rule": record.get("rule", OLD_RULE)},
        "shape": [len(record["counts"])],
        **{name: record[name] for name in ("scale", "rho", "delta", "draw")},
    }


def _scores(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": "scores",
        "descriptor": {"cliques": record["cliques"]},
        "shape": [len(record["scores"])],
        **{name: record[name] for name in ("d_in", "scale", "rho", "draw")},
    }


def _marginal(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": "marginals",
        "descriptor": {name: record[name] for name in ("attributes", "level")},
        **{name: record[name] for name in ("shape", "scale", "rho", "draw", "mechanism")},
    }


def _whole_numbers(numbers: Any) -> Whole:
    require(all(type(number) is int and abs(number) < 2**63 for number in numbers), "has a record without its counts")
    return np.array(numbers, dtype=np.int64)
