"""A column has all that kinds read of it."""

from synth_assets.domain import Column
from synth_assets.domain.kinds.declared import Declared


def test_a_column_has_every_fact_that_kinds_read() -> None:
    facts = [name for name, part in vars(Declared).items() if isinstance(part, property)]
    column = Column(name="a", kind="boolean")
    assert len(facts) > 10
    assert all(hasattr(column, name) for name in facts)
