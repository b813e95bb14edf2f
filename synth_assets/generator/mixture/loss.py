"""Half the chi-square of the released tables, given a mixture of products, and its slopes, in torch.

A mixture has K components; component k has weight w_k and one independent distribution per column. All columns'
probabilities are concatenated in P_k, so the model's pairs are S = P^T diag(w) P, one matrix product. The slopes are
computed explicitly, since that needs two products per step where automatic differentiation needs three, and no
bookkeeping. Whatever gives components, free numbers or a network, is fitted by them.
"""

import torch

from synth_assets.generator.cells.targets import FitTargets

__all__ = ["CLEAR_TO_NOISE", "TableLoss"]

Tensor = torch.Tensor
CLEAR_TO_NOISE = 4.0
"""Above this many standard deviations a cell of a pair is clear of noise."""


class TableLoss:
    """The released tables in tensors; mixtures are of shape (fits, components, cells).

    Args:
        targets: the tables.
        device: where the tensors are.
    """

    def __init__(self, targets: FitTargets, *, device: str) -> None:
        self._pairs = torch.as_tensor(targets.pairs, device=device)
        self._pairs_precision = torch.as_tensor(targets.pairs_precision, device=device)
        self._one_way = torch.as_tensor(targets.one_way, dtype=torch.float32, device=device)
        self._one_way_precision = torch.as_tensor(targets.one_way_precision, dtype=torch.float32, device=device)
        self._pivot = targets.pivot
        self._triples = torch.as_tensor(targets.triples, device=device)
        self._triples_precision = torch.as_tensor(targets.triples_precision, device=device)
        self._loose = [
            (
                triple.places,
                torch.as_tensor(triple.table, device=device),
                torch.as_tensor(triple.precision, device=device),
            )
            for triple in targets.loose
        ]
        self._clear = self._pairs * self._pairs_precision.sqrt() > CLEAR_TO_NOISE
        self._clear_cells = max(1, int(self._clear.sum()))

    def per_clear_cell(self, single: Tensor, weights: Tensor) -> float:
        """Return the chi-square per cell of pairs that is clear of noise, mean of all fits; noise alone gives 1."""
        rest = torch.bmm((single * weights[:, :, None]).transpose(1, 2), single).sub_(self._pairs)
        square = rest.square_().mul_(self._pairs_precision).mul_(self._clear)
        return float(square.sum()) / len(square) / self._clear_cells

    def slopes(self, single: Tensor, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the loss and its derivatives by w_k P_k, shape of P, and by w_k."""
        joint = single * weights[:, :, None]
        rest_one = joint.sum(1) - self._one_way
        pull_one = rest_one * self._one_way_precision
        if self._pivot.start == self._pivot.stop:
            loss, pull = _pull(torch.bmm(joint.transpose(1, 2), single) - self._pairs, self._pairs_precision)
            by_cell = torch.bmm(single, pull)
            by_component = 0.5 * (single * by_cell).sum(-1)
        else:
            loss, by_cell, by_component = self._slopes_by_pivot(single, joint)
        if self._loose:
            loss = loss + self._add_loose(single, weights, by_cell, by_component)
        loss = loss + 0.5 * (rest_one * pull_one).sum(1)
        by_component = by_component + torch.bmm(single, pull_one[:, :, None])[:, :, 0]
        return loss, by_cell.add_(pull_one[:, None, :]), by_component

    def _slopes_by_pivot(self, single: Tensor, joint: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the part of pairs and triples: pairs are the sum of the triples' layers over the pivot's codes."""
        codes = range(self._pivot.start, self._pivot.stop)
        shares = [single[:, :, code, None] for code in codes]
        layers = [torch.bmm((joint * share).transpose(1, 2), single) for share in shares]
        loss, pull_pair = _pull(sum(layers[1:], start=layers[0]) - self._pairs, self._pairs_precision)
        by_cell, by_component = torch.zeros_like(single), torch.zeros_like(single[:, :, 0])
        for layer, share, aim, precision, code in zip(
            layers, shares, self._triples, self._triples_precision, codes, strict=True
        ):
            more, pull = _pull(layer.sub_(aim), precision)
            loss = loss + more
            by_layer = torch.bmm(single, pull.add_(pull_pair))
            by_share = 0.5 * (single * by_layer).sum(-1)
            by_cell.addcmul_(by_layer, share)
            by_cell[:, :, code] += by_share
            by_component += by_share * share[:, :, 0]
        return loss, by_cell, by_component

    def _add_loose(self, single: Tensor, weights: Tensor, by_cell: Tensor, by_component: Tensor) -> Tensor:
        """Add the derivatives of triples without the pivot, in place, and return their loss."""
        loss = torch.zeros_like(weights[:, 0])
        for places, aim, precision in self._loose:
            first, second, third = (single[:, :, place] for place in places)
            both = (first[:, :, :, None] * second[:, :, None, :]).flatten(2)
            rest = torch.bmm((both * weights[:, :, None]).transpose(1, 2), third).sub_(aim.flatten(0, 1))
            pull = rest * precision.flatten(0, 1)
            loss = loss + 0.5 * (rest * pull).sum((1, 2))
            by_third = torch.bmm(both, pull)
            by_both = torch.bmm(third, pull.transpose(1, 2)).view(*first.shape, second.shape[2])
            by_cell[:, :, places[2]] += by_third
            by_cell[:, :, places[0]] += torch.matmul(by_both, second[:, :, :, None])[:, :, :, 0]
            by_cell[:, :, places[1]] += torch.matmul(first[:, :, None, :], by_both)[:, :, 0, :]
            by_component += (by_third * third).sum(-1)
        return loss


def _pull(rest: Tensor, precision: Tensor) -> tuple[Tensor, Tensor]:
    """Return half the chi-square of symmetric tables, each pair of columns once, and its derivative by the model."""
    pull = rest * precision
    return 0.25 * (rest * pull).sum((1, 2)), pull
