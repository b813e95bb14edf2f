"""Every registered kind of answers has an example; one that has none is refused, not skipped."""

import pytest
from toy_answer import Parity

from synth_assets.assurance.attacks import distance, vector_of
from synth_assets.assurance.draws import keys_of
from synth_assets.assurance.example import TOO_MANY
from synth_assets.assurance.examples import EXAMPLES, example_of, examples
from synth_assets.errors import Fault
from synth_assets.release.kinds import KINDS


def test_each_kind_has_an_example_of_its_own() -> None:
    assert list(examples()) == list(KINDS)
    assert set(EXAMPLES) == set(KINDS)
    assert all(example.query.kind == kind for kind, example in examples().items())


def test_a_kind_without_an_example_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, Parity.kind, Parity)
    with pytest.raises(Fault, match="'parities' have no example"):
        examples()


@pytest.mark.parametrize("kind", KINDS)
def test_its_further_unit_moves_the_answer_by_nearly_the_whole_bound(kind: str) -> None:
    """Half the noise is noticed reliably from nine tenths on."""
    example = example_of(kind)
    tables = (example.neighbours()[TOO_MANY], example.table)
    exact = [example.exact(table) for table in tables]
    keys = keys_of(*exact)
    moved = distance(*(vector_of(values, keys) for values in exact))
    assert 0.9 * example.noise.d_in <= moved <= example.noise.d_in
