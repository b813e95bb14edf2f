"""Draw 0 of a measurement: which categories the discovered columns have.

It comes before anything is encoded, has a number and a request of its own in
the journal, and takes a tenth of rho and all of the contract's
``threshold_delta``, in equal parts a column. What comes out is public: the
domain that everything after it uses. A contract without discovered columns has
no such draw.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from threading import Lock
from typing import Any

from synth_assets.columns import LARGEST_DOMAIN
from synth_assets.contract import DatasetContract
from synth_assets.errors import UsageError
from synth_assets.measurement.journal import Journal
from synth_assets.measurement.noise import Odometer
from synth_assets.measurement.threshold import RULE, ThresholdNoise, draw_histogram, make_threshold_noise
from synth_assets.privacy import ATTO, NANO, PrivacyLoss, nano_rho_of
from synth_assets.release import Discovery

__all__ = ["DISCOVERY_DRAW", "SHARE", "discover", "left_for_tables", "noise_of_discovery"]

DISCOVERY_DRAW = 0
"""Its number in the journal; tables count from 1."""
SHARE = Fraction(1, 10)
"""Of rho, for all discovered columns together."""

Histograms = Sequence[Mapping[str, int]]


def noise_of_discovery(contract: DatasetContract, loss: PrivacyLoss) -> ThresholdNoise | None:
    """Return the noise and threshold of each discovered column, or none if there is no such column.

    Args:
        contract: says which columns are discovered and who is protected.
        loss: what the whole release may cost.

    Raises:
        UsageError: the loss is too small for any threshold.
    """
    columns = len(contract.discovered_columns)
    if not columns:
        return None
    if not loss.nano_rho or not loss.atto_delta:
        raise UsageError(
            "nothing is left for discovered categories", hint="spend more, or declare them", where=("privacy", "spend")
        )
    return make_threshold_noise(
        max_rows=contract.unit().max_rows,
        rho=_below(SHARE * Fraction(loss.nano_rho, NANO) / columns),
        delta=_below(Fraction(loss.atto_delta, ATTO) / columns),
    )


def left_for_tables(contract: DatasetContract, loss: PrivacyLoss) -> PrivacyLoss:
    """Return what is left for tables, in whole nano-rho: all of it without discovered columns."""
    noise = noise_of_discovery(contract, loss)
    used = nano_rho_of([noise.rho] * len(contract.discovered_columns)) if noise else 0
    return PrivacyLoss(nano_rho=loss.nano_rho - used)


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


def _below(exact: Fraction) -> float:
    """Return a share as a double that lies below it by so little that no unit of the ledger notices."""
    return float(exact) * (1 - 2.0**-50)


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
