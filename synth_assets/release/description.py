"""How the answers of a release were measured and what that cost: it follows from the answers alone.

The measurement writes it, and an audit computes it again and compares.
"""

from collections.abc import Sequence
from typing import Any

from synth_assets.contract import DatasetContract
from synth_assets.ledger import Reservation, Source
from synth_assets.privacy import epsilon_of
from synth_assets.release.answers import Answer, loss_of
from synth_assets.release.kinds import of_each_kind

__all__ = [
    "ALWAYS_UNPROTECTED",
    "count_answers",
    "describe_composition",
    "describe_measurement",
    "describe_mechanisms",
    "describe_preprocessing",
    "describe_spending",
]

ALWAYS_UNPROTECTED = (
    "running time and memory of the measurement",
    "that a measurement failed, and when",
    "names and types of the source's columns, as registered",
)
"""What no release protects; a statement without it is not one."""


def describe_measurement(
    contract: DatasetContract,
    *,
    source: Source,
    reservation: Reservation,
    attempts: Sequence[Reservation],
    answers: Sequence[Answer],
) -> dict[str, Any]:
    """Return ``measurement.json``: what was promised to whom, by which mechanisms, and what is not covered.

    The words follow OpenDP's registry of deployments. Everything is a function of the
    contract, the ledger and released answers, so a resumed measurement writes the same.

    Args:
        contract: its release part is enough.
        source: as registered; where it is stays out.
        reservation: what paid.
        attempts: all reservations of the same request so far, this one included, oldest first.
        answers: what was released.
    """
    unit, spend, measured = contract.unit(), contract.privacy.spend, loss_of(answers)
    return {
        "privacy_unit": {**unit.as_json(), "description": unit.describe()},
        "neighbours": unit.neighbours,
        "deployment_model": "central: one curator, adversary sees everything outside the private zone",
        "dp_variant": "zCDP",
        "privacy_loss": {
            "nano_rho": reservation.loss.nano_rho,
            "rho": reservation.loss.rho,
            "nano_rho_of_mechanisms": measured.nano_rho,
            "atto_delta": reservation.loss.atto_delta,
            "atto_delta_of_mechanisms": measured.atto_delta,
            "epsilon": epsilon_of(reservation.loss, delta=spend.delta),
            "delta": spend.delta,
        },
        "reservation": reservation.id,
        "account": reservation.account,
        "source": {
            "name": source.name,
            "version": reservation.request.version,
            "attested_by": source.attested_by,
        },
        "purpose": contract.purpose,
        "d_in": unit.max_rows,
        "composition": describe_composition(answers),
        "preprocessing": _preprocessing(unit.column, answers),
        "tuning": "none on private rows; coarse grids and the choice of tables follow from answers released before",
        "mechanisms": describe_mechanisms(answers, max_rows=unit.max_rows),
        "spent_on": describe_spending(answers),
        "attempts": [
            {
                "attempt": attempt.attempt,
                "reservation": attempt.id,
                "nano_rho": attempt.loss.nano_rho,
                "outcome": "this release" if attempt.id == reservation.id else attempt.state.value,
            }
            for attempt in attempts
        ],
        "domain_sources": {name: spec.domain_source for name, spec in contract.columns.items()},
        **_holdout(contract, reservation),
        "unprotected_quantities": [*ALWAYS_UNPROTECTED, *contract.unprotected_domains],
    }


def _holdout(contract: DatasetContract, reservation: Reservation) -> dict[str, Any]:
    """Say which part of the units was read, if they are split."""
    if reservation.part is None:
        return {}
    return {"holdout": {"share": contract.privacy.holdout, "part": reservation.part}}


def _preprocessing(unit_column: str | None, answers: Sequence[Answer]) -> list[str]:
    steps = describe_preprocessing(answers)
    steps += ["values outside the declared domain become null, `other`, or the nearest bound, silently"]
    if unit_column is not None:
        steps.append("rows of a unit beyond max_rows are dropped by a secret function of that unit's rows alone")
        steps.append("rows without a unit id are dropped")
    return steps


def describe_mechanisms(answers: Sequence[Answer], *, max_rows: int) -> list[dict[str, Any]]:
    """Return each mechanism with its noise, its loss and what it measured, as plain JSON values."""
    return [
        mechanism
        for kind, of_kind in of_each_kind(answers).items()
        for mechanism in kind.mechanisms(of_kind, max_rows=max_rows)
    ]


def describe_spending(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Return what each draw cost, as plain JSON values."""
    return [line for kind, of_kind in of_each_kind(answers).items() for line in kind.spending(of_kind)]


def describe_preprocessing(answers: Sequence[Answer]) -> list[str]:
    """Return which values of rows were decided by answers, one sentence each."""
    return [sentence for kind, of_kind in of_each_kind(answers).items() for sentence in kind.preprocessing(of_kind)]


def describe_composition(answers: Sequence[Answer]) -> str:
    """Say how the losses of all answers add up."""
    rule = "zCDP adds: every table is measured at d_in = max_rows and the losses are summed exactly"
    notes = [kind.composition() for kind, of_kind in of_each_kind(answers).items() if of_kind and kind.composition()]
    return "; ".join([rule, "so are the deltas of thresholds", *notes])


def count_answers(answers: Sequence[Answer]) -> dict[str, Any]:
    """Say how many answers of each kind there are, as plain JSON values."""
    return {
        name: count for kind, of_kind in of_each_kind(answers).items() for name, count in kind.counted(of_kind).items()
    }
