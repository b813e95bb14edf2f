"""Every kind of source keeps the protocol, and the check of contracts knows which kinds have types."""

import re
from pathlib import Path

import pyarrow as pa
import pytest

from synth_assets.errors import Fault, UsageError
from synth_assets.obtain.compatibility import UNTYPED
from synth_assets.source.kinds import KINDS, kind_named
from synth_assets.source.kinds.kind import SourceKind, refuse_lacking, schema_columns


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_what_registration_and_reading_ask(name: str) -> None:
    kind = kind_named(name)
    wanted = {*vars(SourceKind), *SourceKind.__annotations__} - {"__init__"}
    assert all(hasattr(kind, part) for part in wanted if not part.startswith("_"))
    assert kind.name == name
    assert kind.typed == (name not in UNTYPED)


def test_an_unknown_kind_is_named_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match=f"kind='excel' must be one of {', '.join(KINDS)}"):
        kind_named("excel")


def test_the_officers_page_describes_each_option_of_each_kind() -> None:
    page = (Path(__file__).parents[4] / "docs" / "officer.md").read_text()
    table = page.partition("| kind | option |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.+?`) \| `(\w+)` \| [^|]{20,} \|", table, flags=re.MULTILINE)
    described = {(kind, option) for kinds, option in rows for kind in re.findall(r"`(\w+)`", kinds)}
    assert described == {(name, option) for name in KINDS for option in kind_named(name).options}


def test_how_a_text_is_stored_does_not_matter_for_its_name() -> None:
    types = [pa.string(), pa.large_binary(), pa.dictionary(pa.int8(), pa.string()), pa.float32()]
    schema = pa.schema([(str(index), kind) for index, kind in enumerate(types)])
    assert [name for _, name in schema_columns(schema)] == ["text", "text", "text", "float"]


def test_a_missing_column_is_a_fault_that_does_not_say_which() -> None:
    refuse_lacking(["a", "b"], ["b"])
    with pytest.raises(Fault) as refused:
        refuse_lacking(["a"], ["secret"])
    assert "secret" not in str(refused.value)
