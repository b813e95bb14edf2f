"""A kind of column is one object in one registry: nobody else compares names, and a new one works everywhere."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import synth_assets
from synth_assets.checks.counts import outside_domain
from synth_assets.domain import Column, Domain
from synth_assets.domain.cells import cell_values, code_names, true_cells
from synth_assets.domain.codes import decode, encode
from synth_assets.domain.kinds.kind import Codes, ColumnKind
from synth_assets.domain.kinds.registry import KINDS, kind_named
from synth_assets.source.encoding import encode_column

_PACKAGE = Path(synth_assets.__file__).parent
_STANDARDS = [  # their tables are by words of other standards, some of which are spelled like our kinds
    _PACKAGE / "contract" / "reference.py",
    _PACKAGE / "drafting" / "codebooks" / "croissant.py",
    _PACKAGE / "drafting" / "codebooks" / "frictionless.py",
]
_OTHERS = [
    path
    for path in sorted(_PACKAGE.rglob("*.py"))
    if _PACKAGE / "domain" / "kinds" not in path.parents and path not in _STANDARDS
]


class _Grade(ColumnKind):
    """Marks from 1 to 6, written with a word, as a school does."""

    name = "grade"
    arrow = pa.int8()

    def regular(self, column: Column) -> int:
        del column
        return 6

    def encode_texts(self, column: Column, texts: Sequence[str | None]) -> Codes:
        marks = {f"grade {mark}": mark - 1 for mark in range(1, 7)}
        return np.array([marks.get(text or "", column.fallback_code) for text in texts], dtype=np.uint16)

    def decode(self, column: Column, codes: Any, *, within: Any, null: Any) -> pa.Array:
        del column, within
        return pa.array((codes + 1).astype(np.int8), mask=null)

    def inside(self, column: Column, values: pa.ChunkedArray) -> Any:
        del column
        return pa.array([value is not None and 1 <= value <= 6 for value in values.to_pylist()])

    def domain_json(self, column: Column) -> dict[str, Any]:
        del column
        return {"values": [1, 2, 3, 4, 5, 6]}


@pytest.fixture
def grade(monkeypatch: pytest.MonkeyPatch) -> Column:
    monkeypatch.setitem(KINDS, "grade", _Grade())
    return Column(name="maths", kind="grade", nullable=True, null_tokens=("ill",))


def test_a_kind_that_is_registered_works_from_the_source_to_the_synthetic_table(grade: Column) -> None:
    texts = ["grade 1", "grade 6", "ill", None, "grade 9"]
    assert encode(grade, texts).tolist() == encode_column(grade, pa.array(texts)).tolist() == [0, 5, 6, 6, 6]
    assert decode(grade, np.array([0, 5, 6])).to_pylist() == [1, 6, None]
    domain = Domain(columns=(grade,))
    assert domain.arrow_schema() == pa.schema([pa.field("maths", pa.int8())])
    assert Domain.from_json(domain.as_json()) == domain
    assert domain.shape() == (7,)


def test_a_kind_that_is_registered_is_checked_averaged_and_asked_about(grade: Column) -> None:
    assert outside_domain(grade, pa.chunked_array([pa.array([1, 7, None], pa.int8())])) == 1
    assert cell_values(grade)[0].tolist() == [1, 2, 3, 4, 5, 6, 0]
    assert code_names(grade)[:2] == ("1", "2")
    assert true_cells("maths <= 2", domain=Domain(columns=(grade,)))[1].sum() == 2


def test_the_registry_knows_kinds_by_the_names_that_stand_in_contracts_and_releases() -> None:
    assert list(KINDS) == ["integer", "float", "categorical", "boolean", "date", "datetime"]
    assert all(kind_named(name).name == name for name in KINDS)


def test_a_release_with_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind 'colour' must be one of integer, float"):
        Domain.from_json([{"name": "eyes", "kind": "colour"}])


def _constants(node: ast.AST) -> set[Any]:
    return {inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant)}


def _comparisons(tree: ast.AST) -> Iterator[str]:
    """Yield where a kind or type is compared with the name of a kind, or a table is made by these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.Match):
            asked = [inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)]
            if {"kind", "type"} & set(asked) and _constants(node) & set(KINDS):
                yield ast.unparse(node)
        if (
            isinstance(node, ast.Dict)
            and len(_constants(ast.List(elts=list(filter(None, node.keys)))) & set(KINDS)) > 2
        ):
            yield ast.unparse(node)


@pytest.mark.parametrize("path", _OTHERS, ids=lambda path: path.relative_to(_PACKAGE).as_posix())
def test_no_other_module_compares_the_names_of_kinds(path: Path) -> None:
    assert list(_comparisons(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    "code",
    ["column.kind == 'date'", "self.kind not in ('categorical', 'boolean')", "{'integer': 1, 'float': 2, 'date': 3}"],
)
def test_a_comparison_of_names_would_be_noticed(code: str) -> None:
    assert list(_comparisons(ast.parse(code)))
