"""The privacy statement of a release: what is promised to whom, by which mechanisms, and what is not covered.

The words follow OpenDP's registry of deployments. Everything is a function of
the contract, the ledger and released tables, so a resumed measurement writes
the same statement.
"""

from collections.abc import Sequence
from typing import Any

from synth_assets.contract import DatasetContract
from synth_assets.ledger import Reservation, Source
from synth_assets.privacy import atto_delta_of, epsilon_of, nano_rho_of
from synth_assets.release import Discovery, NoisyMarginal, NoisyScores
from synth_assets.release.statement import ALWAYS_UNPROTECTED, describe_mechanisms, describe_spending

__all__ = ["privacy_statement"]


def privacy_statement(  # noqa: PLR0913 - all that a statement rests on
    contract: DatasetContract,
    *,
    source: Source,
    reservation: Reservation,
    attempts: Sequence[Reservation],
    marginals: Sequence[NoisyMarginal],
    discoveries: Sequence[Discovery] = (),
    scores: Sequence[NoisyScores] = (),
) -> dict[str, Any]:
    """Return ``privacy.json`` as plain JSON values.

    Args:
        contract: its release part is enough.
        source: as registered; where it is stays out.
        reservation: what paid.
        attempts: all reservations of the same request so far, this one included, oldest first.
        marginals: what was released.
        discoveries: the categories that were found, and how.
        scores: by which pairs of many columns were chosen.
    """
    unit, spend = contract.unit(), contract.privacy.spend
    rhos = [*(item.rho for item in discoveries), *(item.rho for item in scores), *(item.rho for item in marginals)]
    return {
        "privacy_unit": {**unit.as_json(), "description": unit.describe()},
        "neighbours": unit.neighbours,
        "deployment_model": "central: one curator, adversary sees everything outside the private zone",
        "dp_variant": "zCDP",
        "privacy_loss": {
            "nano_rho": reservation.loss.nano_rho,
            "rho": reservation.loss.rho,
            "nano_rho_of_mechanisms": nano_rho_of(rhos),
            "atto_delta": reservation.loss.atto_delta,
            "atto_delta_of_mechanisms": atto_delta_of(item.delta for item in discoveries),
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
        "composition": "zCDP adds: every table is measured at d_in = max_rows and the losses are summed exactly; "
        "so are the deltas of thresholds" + ("; scores are one vector with a d_in of its own" if scores else ""),
        "preprocessing": _preprocessing(unit.column, discoveries),
        "tuning": "none on private rows; coarse grids and the choice of tables follow from answers released before",
        "mechanisms": describe_mechanisms(marginals, discoveries=discoveries, scores=scores, max_rows=unit.max_rows),
        "spent_on": describe_spending(marginals, discoveries=discoveries, scores=scores),
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
        "unprotected_quantities": [*ALWAYS_UNPROTECTED, *contract.unprotected_domains],
    }


def _preprocessing(unit_column: str | None, discoveries: Sequence[Discovery]) -> list[str]:
    steps = [
        f"categories of {item.column} are those whose noisy count was above {item.threshold}: "
        f"{len(item.categories)}; "
        "the others count as `other`"
        for item in discoveries
    ]
    steps += ["values outside the declared domain become null, `other`, or the nearest bound, silently"]
    if unit_column is not None:
        steps.append("rows of a unit beyond max_rows are dropped by a secret function of that unit's rows alone")
        steps.append("rows without a unit id are dropped")
    return steps
