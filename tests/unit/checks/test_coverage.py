"""What a comparison covers is counted in the release, and said in one paragraph."""

from dataclasses import replace

import numpy as np
from kit.releases import MadeUp, noisy_table

from synth_assets.checks.coverage import Coverage, hidden_by_noise
from synth_assets.release import Release


def test_columns_pairs_and_triples_are_counted(visits: MadeUp) -> None:
    coverage = Coverage.of(visits.release)
    # age, score, day, wave and seen have an order, and score and seen bins; columns of three codes are not grouped.
    assert coverage == Coverage(columns=7, numbers=5, binned=2, grouped=4, pairs=21, triples=0)
    assert coverage.as_json()["of_pairs"] == 21
    assert coverage.as_json()["of_triples"] == 35


def test_a_triple_covers_its_pairs_and_nothing_is_counted_twice(visits: MadeUp) -> None:
    release = visits.release
    random = np.random.default_rng(0)
    triple = noisy_table(
        visits.codes,
        ("region", "age", "wave"),
        level="coarse",
        domain=release.domain,
        grids=release.grids,
        scale=5.0,
        random=random,
    )
    ones = [marginal for marginal in release.marginals if len(marginal.attributes) == 1]
    some = replace(release, answers=(*ones, triple, triple))
    assert (Coverage.of(some).pairs, Coverage.of(some).triples) == (3, 1)
    assert "7 columns, 3 of 21 pairs and 1 of 35 triples." in str(Coverage.of(some))


def _without(release: Release, *names: str) -> Coverage:
    columns = tuple(column for column in release.domain.columns if column.name not in names)
    answers = tuple(one for one in release.marginals if not set(names) & set(one.attributes))
    return Coverage.of(replace(release, domain=replace(release.domain, columns=columns), answers=answers))


def test_what_a_release_has_nothing_of_is_not_said_to_be_unseen(visits: MadeUp) -> None:
    words = str(_without(visits.release, "age", "score", "day", "wave", "seen"))
    assert words == (
        "The figure compares shares of codes that the release counted: 2 columns and all 1 pairs. "
        "It cannot see combinations of more columns."
    )
    assert "bins" not in str(_without(visits.release, "score", "seen"))
    alone = _without(visits.release, *visits.release.domain.names[1:])
    assert str(alone).startswith("The figure compares shares of codes that the release counted: 1 column. ")


def test_how_few_rows_noise_hides_follows_from_its_scale(visits: MadeUp) -> None:
    scale = visits.release.marginals[0].scale
    words = hidden_by_noise(visits.release)
    assert f"one of fewer than about {2 * scale:.0f} rows, or {2 * scale:.0f} in tables of pairs." in words
    assert "a region in another country" in words
    noisier = [replace(marginal, scale=700.0) for marginal in visits.release.marginals if len(marginal.attributes) == 1]
    words = hidden_by_noise(replace(visits.release, answers=tuple(noisier)))
    assert "fewer than about 1,400 rows. So single" in words
