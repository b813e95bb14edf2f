"""Values drawn by heaps are in their bins, as round as the weights say; what is stored is read strictly."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from kit.incomes import make_release

from synth_assets.domain import Column, Domain
from synth_assets.domain.codes import encode
from synth_assets.domain.heaping import Heaping
from synth_assets.errors import IntegrityError
from synth_assets.files import json_bytes
from synth_assets.generator.heaps import Heaps, heaps_from_json, heaps_json, largest_json
from synth_assets.release.kinds.heaping import MOST_LISTED, NoisyHeaping

AMOUNT = Column(
    name="amount", kind="integer", maximum=9_999, edges=(100, 1_000), specials=(0, -7), layout=2, nullable=True
)
SIZE = Heaping.of(AMOUNT).size
EVEN = Heaps(column=AMOUNT, weights=np.ones(SIZE))


def test_codes_keep_their_meaning() -> None:
    codes = np.random.default_rng(0).integers(0, AMOUNT.size, 3_000).astype(np.uint16)
    values = EVEN.values(codes, share=np.random.default_rng(1).random(3_000))
    assert values.type == AMOUNT.arrow_type()
    assert encode(AMOUNT, values).tolist() == codes.tolist()


def test_equal_weights_are_even_and_others_decide_what_a_bin_holds() -> None:
    codes, share = np.full(20_000, 2, np.uint16), np.random.default_rng(0).random(20_000)
    even = EVEN.values(codes, share=share).to_numpy()
    assert abs(even.mean() - 5_499.5) < 5 * 9_000 / np.sqrt(12 * 20_000)
    assert abs((even % 100 == 0).mean() - 0.01) < 0.005
    weights = np.where(Heaping.of(AMOUNT).level >= 2, 99.0, 1.0)
    half = Heaps(column=AMOUNT, weights=weights).values(codes, share=share).to_numpy()
    assert abs((half % 100 == 0).mean() - 0.5) < 0.02


def test_a_bin_without_a_multiple_of_the_step_has_its_bound() -> None:
    column = Column(name="a", kind="float", maximum=50, edges=(1.0, 2.5, 2.75, 10.0), step=0.5)
    heaps = Heaps(column=column, weights=np.ones(Heaping.of(column).size))
    codes = np.array([0, 2, 1], np.uint16)
    assert heaps.values(codes, share=np.zeros(3)).to_pylist()[1] in (2.5, 2.75)


def test_a_single_value_has_its_share_of_the_bin() -> None:
    codes, share = np.full(20_000, 2, np.uint16), np.random.default_rng(0).random(20_000)
    capped = Heaps(column=AMOUNT, weights=np.ones(SIZE), singles=(1_234.0, 9_999.0), shares=(0.25, 0.5))
    values = capped.values(codes, share=share).to_numpy()
    assert abs((values == 1_234).mean() - 0.25) < 0.02
    assert abs((values == 9_999).mean() - 0.5) < 0.02
    alone = Heaps(column=AMOUNT, weights=np.ones(SIZE), singles=(1_234.0,), shares=(1.0,))
    assert set(alone.values(codes, share=share).to_pylist()) == {1_234}
    assert encode(AMOUNT, alone.values(np.array([0, 1], np.uint16), share=share[:2])).tolist() == [0, 1]


def test_what_is_stored_is_read_again_for_its_release() -> None:
    release = make_release()
    income = release.domain["income"]
    counts = np.zeros(Heaping.of(income).size, np.int64)
    answer = NoisyHeaping(
        descriptor={"column": "income", "coding": 1}, values=counts, scale=3.0, d_in=1, rho=0.01, draw=1
    )
    measured = replace(release, answers=(*release.answers, answer))
    heaps = {"income": Heaps(column=income, weights=np.full(counts.size, 1.23457e-09), singles=(9.5,), shares=(0.5,))}
    stored = json_bytes(heaps_json(heaps))
    assert len(stored) <= largest_json(measured)
    (again,) = heaps_from_json(stored, release.domain, release=measured).values()
    assert again.weights.tolist() == heaps["income"].weights.tolist()
    assert (again.singles, again.shares) == ((9.5,), (0.5,))
    with pytest.raises(IntegrityError, match="other columns"):
        heaps_from_json(b"{}", release.domain, release=measured)


def test_nothing_is_stored_or_read_where_no_heaps_were_measured() -> None:
    release = make_release()
    assert (heaps_json({}), heaps_from_json(b"", release.domain, release=release)) == ({}, {})
    assert heaps_from_json(b"{}", release.domain, release=None) == {}


FACTS = {"weights": [1.0] * SIZE, "singles": [1_234.0], "shares": [0.5]}


@pytest.mark.parametrize(
    "change",
    [
        {"weights": [1.0]},
        {"weights": [1.0] * (SIZE - 1) + [0.0]},
        {"weights": [1] * SIZE},
        {"weights": [2e300] * SIZE},
        {"weights": {}},
        {"singles": [1e9]},
        {"singles": []},
        {"shares": [1.5]},
        {"shares": "1"},
        {"singles": [1.0] * (MOST_LISTED + 1), "shares": [0.0] * (MOST_LISTED + 1)},
    ],
)
def test_facts_that_are_not_those_of_the_column_are_refused(change: dict[str, Any]) -> None:
    content = json.dumps({"heaps": {"amount": FACTS | change}}).encode()
    with pytest.raises(IntegrityError, match="odd"):
        heaps_from_json(content, Domain(columns=(AMOUNT,)), release=None)
    heaps_from_json(json.dumps({"heaps": {"amount": FACTS}}).encode(), Domain(columns=(AMOUNT,)), release=None)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"heaps": []}', b'{"heaps": {"nobody": []}}', b"[" * 100_000])
def test_content_that_is_not_ours_is_refused(content: bytes) -> None:
    with pytest.raises(IntegrityError):
        heaps_from_json(content, Domain(columns=(AMOUNT,)), release=None)
