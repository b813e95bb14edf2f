"""The slopes are those of the loss, and the level at which fits end is that of clear cells."""

import dataclasses

import pytest
import torch
from kit.incomes import dependent_codes, make_release

from synth_assets.generator.cells.layout import Layout
from synth_assets.generator.cells.targets import FitTargets, fit_targets
from synth_assets.generator.mixture.loss import CLEAR_TO_NOISE, TableLoss

Tensor = torch.Tensor


def _mixtures(layout: Layout) -> tuple[Tensor, Tensor]:
    """Return two mixtures of five components: weights, and probabilities."""
    random = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 5, layout.cells, generator=random)
    single = torch.cat([torch.softmax(logits[:, :, layout.slice(name)], -1) for name in layout.domain.names], -1)
    return torch.softmax(torch.randn(2, 5, generator=random), -1), single


@pytest.mark.parametrize(
    "triples",
    [
        (),
        (("age", "income", "member"), ("age", "joined", "member")),
        (("age", "income", "member"), ("age", "income", "region"), ("income", "region", "joined")),
    ],
)
def test_the_slopes_are_what_automatic_differentiation_finds(triples: tuple[tuple[str, str, str], ...]) -> None:
    release = make_release(codes=dependent_codes(200), triples=triples)
    targets = fit_targets(dataclasses.replace(release, target="member"))
    weights, single = _mixtures(targets.layout)
    found, by_cell, by_component = TableLoss(targets, device="cpu").slopes(single, weights)

    def loss(weights: Tensor, single: Tensor) -> Tensor:
        pairs = torch.einsum("fk,fka,fkb->fab", weights, single, single)
        layers = torch.einsum("fk,fkt,fka,fkb->ftab", weights, single[:, :, targets.pivot], single, single)
        ones = torch.einsum("fk,fka->fa", weights, single)
        gaps = [
            (ones - torch.as_tensor(targets.one_way), torch.as_tensor(targets.one_way_precision), 2),
            (pairs - torch.as_tensor(targets.pairs), torch.as_tensor(targets.pairs_precision), 4),
            (layers - torch.as_tensor(targets.triples), torch.as_tensor(targets.triples_precision), 4),
        ]
        for triple in targets.loose:
            parts = [single[:, :, place] for place in triple.places]
            table = torch.einsum("fk,fka,fkb,fkc->fabc", weights, *parts)
            gaps.append((table - torch.as_tensor(triple.table), torch.as_tensor(triple.precision), 2))
        total: Tensor = sum((precision * gap**2).sum() / share for gap, precision, share in gaps)  # type: ignore[assignment]
        return total.float()

    assert float(found.sum()) == pytest.approx(float(loss(weights, single)), rel=1e-4)
    wanted = torch.autograd.functional.jacobian(loss, (weights, single))
    assert torch.allclose(by_component, wanted[0], rtol=1e-3, atol=1e-3 * float(wanted[0].abs().max()))
    # Only slopes along distributions count: a constant over a column's cells changes nothing.
    slopes = _along(targets, single, by_cell * weights[:, :, None])
    along = _along(targets, single, wanted[1])
    assert torch.allclose(slopes, along, rtol=1e-3, atol=1e-3 * float(slopes.abs().max()))


def _along(targets: FitTargets, single: Tensor, slopes: Tensor) -> Tensor:
    column = torch.as_tensor(targets.layout.column_of_cell)
    means = torch.zeros(2, 5, targets.layout.sizes.size).index_add_(2, column, single * slopes)
    return slopes - means[:, :, column]


def test_the_clear_level_is_the_mean_chi_square_of_cells_that_are_clear_of_noise() -> None:
    targets = fit_targets(make_release(scale=5.0))
    pairs, precision = torch.as_tensor(targets.pairs), torch.as_tensor(targets.pairs_precision)
    clear = pairs * precision.sqrt() > CLEAR_TO_NOISE
    weights, single = _mixtures(targets.layout)
    gap = torch.einsum("fk,fka,fkb->fab", weights, single, single) - pairs
    wanted = (gap**2 * precision)[:, clear].mean()
    assert 0 < int(clear.sum()) < int((precision > 0).sum())
    assert TableLoss(targets, device="cpu").per_clear_cell(single, weights) == pytest.approx(float(wanted), rel=1e-4)
