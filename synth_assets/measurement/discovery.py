"""Draw 0 of a measurement: which categories the discovered columns have.

It comes before anything is encoded, has a number and a request of its own in
the journal, and takes a tenth of rho and all of the contract's
``threshold_delta``, in equal parts a column. What comes out is public: the
domain that everything after it uses. A contract without discovered columns has
no such draw.
"""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any

from synth_assets.contract import DatasetContract
from synth_assets.contract.columns import LARGEST_DOMAIN
from synth_assets.measurement.journal import Journal
from synth_assets.measurement.noise import Odometer, draw_histogram
from synth_assets.privacy import PrivacyLoss
from synth_assets.privacy.noise import RULE, ThresholdNoise
from synth_assets.release import Discovery
from synth_assets.strategy.categories import noise_of_discovery

__all__ = ["DISCOVERY_DRAW", "discover"]

DISCOVERY_DRAW = 0
"""Its number in the journal; tables count from 1."""

Histograms = Sequence[Mapping[str, int]]


def discover(  # noqa: PLR0913 - all that a draw touches
    contract: DatasetContract,
    *,
    loss: PrivacyLoss,
    journal: Journal,
    odometer: Odometer,
    histograms: Callable[[], Histograms],
    undisturbed: Lock,
) -> tuple[Discovery, ...]:
    """Draw the categories of all discovered columns, or replay them; nothing is drawn without such columns.

    Args:
        contract: its release part is enough.
        loss: what the reservation paid, which decides shares.
        journal: of the reservation.
        odometer: capped at the reservation.
        histograms: makes the exact histograms when the draw needs them; a replay does not.
        undisturbed: held from the announcement of the draw until its answer is durable.
    """
    noise = noise_of_discovery(contract, loss)
    if noise is None:
        return ()
    names = contract.discovered_columns
    odometer.spend([noise.rho] * len(names), deltas=[noise.delta] * len(names))
    answers = journal.draw(
        DISCOVERY_DRAW,
        _request(contract, noise),
        exact=histograms,
        noisy=lambda exact: [_kept(draw_histogram(histogram, noise)) for histogram in exact],
        undisturbed=undisturbed,
    )
    return tuple(_discovery(name, noise, answer) for name, answer in zip(names, answers, strict=True))


def _kept(released: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """Keep as many categories as a column can have beside ``other``; to leave some out is post-processing."""
    most = LARGEST_DOMAIN - 1
    return {"released": [list(pair) for pair in released[:most]], "left_out": max(0, len(released) - most)}


def _request(contract: DatasetContract, noise: ThresholdNoise) -> Any:
    """Say everything that the answer depends on besides the rows."""
    return {
        "discover": [contract.open_column(name).as_json() for name in contract.discovered_columns],
        "mechanism": noise.mechanism,
        "rule": RULE,
        "rho": noise.rho,
        "delta": noise.delta,
        "unit": contract.unit().as_json(),
    }


def _discovery(name: str, noise: ThresholdNoise, answer: Mapping[str, Any]) -> Discovery:
    return Discovery(
        column=name,
        categories=tuple(text for text, _ in answer["released"]),
        counts=tuple(count for _, count in answer["released"]),
        left_out=answer["left_out"],
        scale=noise.scale,
        threshold=noise.threshold,
        rho=noise.rho,
        delta=noise.delta,
        draw=DISCOVERY_DRAW,
        mechanism=noise.mechanism,
        rule=RULE,
    )
