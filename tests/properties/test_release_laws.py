"""Laws of estimates: sums are kept, orders do not matter, more tables mean less variance."""

import dataclasses
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth_assets.domain import Column, Domain
from synth_assets.release import NoisyMarginal, Release, load_release, write_release

_NAMES = ("a", "b", "c")


@st.composite
def releases(draw: st.DrawFn) -> Release:
    sizes = {name: draw(st.integers(1, 5)) for name in _NAMES}
    grids = {}
    for name, size in sizes.items():
        steps = draw(st.lists(st.booleans(), min_size=size, max_size=size))
        grids[name] = np.cumsum([0, *map(int, steps[1:])])
    wider = st.builds(lambda names, width: tuple(names[:width]), st.permutations(_NAMES), st.integers(2, 3))
    cliques = [*((name,) for name in _NAMES), *draw(st.lists(wider, max_size=3))]
    marginals = []
    for number, clique in enumerate(cliques):
        level = "fine" if number < len(_NAMES) else draw(st.sampled_from(["fine", "coarse"]))
        shape = tuple(sizes[name] if level == "fine" else int(grids[name].max()) + 1 for name in clique)
        cells = int(np.prod(shape))
        counts = draw(st.lists(st.integers(-(10**6), 10**6), min_size=cells, max_size=cells))
        marginals.append(
            NoisyMarginal.of(
                attributes=tuple(clique),
                level=level,
                counts=np.array(counts, dtype=np.int64).reshape(shape),
                scale=draw(st.floats(0.5, 1e3)),
                rho=0.1,
                draw=number,
            )
        )
    columns = tuple(Column(name=name, kind="integer", maximum=size - 1) for name, size in sizes.items())
    return Release(
        dataset="d",
        source="s",
        version="v",
        fingerprint="f",
        reservation="r",
        domain=Domain(columns=columns),
        grids=grids,
        answers=tuple(marginals),
        privacy={},
    )


@given(releases(), st.data())
def test_a_single_table_keeps_its_sum_in_every_projection(release: Release, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(release.marginals))
    alone = dataclasses.replace(release, answers=(table,))
    attributes = data.draw(st.permutations(table.attributes))[: data.draw(st.integers(1, len(table.attributes)))]
    for level in ("fine", "coarse") if table.level == "fine" else ("coarse",):
        counts, variances = alone.project(attributes, level=level)
        assert counts.shape == alone.shape(attributes, level)
        assert np.isclose(counts.sum(), table.counts.sum())
        assert np.isclose(variances.sum(), table.counts.size * table.scale**2)


@given(releases(), st.data())
def test_the_order_of_attributes_only_turns_the_axes(release: Release, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(release.marginals))
    order = data.draw(st.permutations(range(len(table.attributes))))
    straight, _ = release.project(table.attributes, level="coarse")
    turned, _ = release.project([table.attributes[axis] for axis in order], level="coarse")
    assert np.allclose(straight.transpose(order), turned)


@given(releases(), st.sampled_from(_NAMES))
def test_another_table_never_makes_an_estimate_worse(release: Release, name: str) -> None:
    _, alone = dataclasses.replace(release, answers=(release.one_way(name),)).project((name,), level="coarse")
    _, together = release.project((name,), level="coarse")
    assert np.all(together <= alone * (1 + 1e-12))


@given(releases())
def test_the_total_lies_between_the_totals_of_the_tables(release: Release) -> None:
    totals = [float(table.counts.sum()) for table in release.marginals]
    assert max(0.0, min(totals)) - 1e-6 <= release.total() <= max(0.0, *totals) + 1e-6


@pytest.mark.slow
@given(releases())
def test_a_release_survives_the_disk_and_has_one_name(release: Release) -> None:
    with TemporaryDirectory() as folder:
        written = write_release(release, Path(folder))
        loaded = load_release(Path(folder) / written.digest)
        assert write_release(loaded, Path(folder)).digest == written.digest
        for read, expected in zip(loaded.marginals, release.marginals, strict=True):
            assert np.array_equal(read.counts, expected.counts)
