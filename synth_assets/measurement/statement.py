"""The privacy statement of a release: what is promised to whom, by which mechanisms, and what is not covered.

The words follow OpenDP's registry of deployments. Everything is a function of
the contract, the ledger and released tables, so a resumed measurement writes
the same statement.
"""

from collections.abc import Sequence
from typing import Any

from synth_assets.contract import DatasetContract
from synth_assets.ledger import Reservation, Source
from synth_assets.privacy import NANO, atto_delta_of, epsilon_of, nano_rho_of
from synth_assets.release import Discovery, NoisyMarginal, NoisyScores

__all__ = ["privacy_statement"]

_UNPROTECTED = (
    "running time and memory of the measurement",
    "that a measurement failed, and when",
    "names and types of the source's columns, as registered",
)


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
        "mechanisms": [
            *(_threshold(item, d_in=unit.max_rows) for item in discoveries),
            *map(_scoring, scores),
            *_mechanisms(marginals),
        ],
        "spent_on": [*_spent_on_discovery(discoveries), *map(_spent_on_scores, scores), *_spent_on(marginals)],
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
        "unprotected_quantities": [*_UNPROTECTED, *contract.unprotected_domains],
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


def _threshold(item: Discovery, *, d_in: int) -> dict[str, Any]:
    """Describe the mechanism that found a column's categories; its d_in are L0, L2 and Linf."""
    return {
        "opendp": item.mechanism,
        "draw": item.draw,
        "scale": item.scale,
        "threshold": item.threshold,
        "releases": f"counts {item.rule.replace('_', ' ')} the threshold",
        "d_in": [d_in] * 3,
        "d_out": {"rho": item.rho, "delta": item.delta},
        "discovers": item.column,
    }


def _spent_on_discovery(discoveries: Sequence[Discovery]) -> list[dict[str, Any]]:
    """Say what finding categories cost together."""
    if not discoveries:
        return []
    rho, delta = (nano_rho_of(item.rho for item in discoveries) / NANO, sum(item.delta for item in discoveries))
    return [{"draw": discoveries[0].draw, "discovers": len(discoveries), "rho": rho, "delta": delta}]


def _scoring(item: NoisyScores) -> dict[str, Any]:
    """Describe the mechanism that scored pairs; its d_in is the L2 sensitivity of the vector of all scores."""
    return {
        "opendp": item.mechanism,
        "draw": item.draw,
        "scale": item.scale,
        "d_in": item.d_in,
        "d_out": item.rho,
        "scores": len(item.cliques),
    }


def _spent_on_scores(item: NoisyScores) -> dict[str, Any]:
    return {"draw": item.draw, "scores": len(item.cliques), "rho": item.rho}


def _mechanisms(marginals: Sequence[NoisyMarginal]) -> list[dict[str, Any]]:
    """List each mechanism once, with the tables that it measured."""
    kinds = dict.fromkeys((marginal.mechanism, marginal.draw, marginal.scale, marginal.rho) for marginal in marginals)
    return [
        {
            "opendp": mechanism,
            "draw": draw,
            "scale": scale,
            "d_out": rho,
            "tables": [
                {"attributes": list(m.attributes), "level": m.level}
                for m in marginals
                if (m.mechanism, m.draw, m.scale, m.rho) == (mechanism, draw, scale, rho)
            ],
        }
        for mechanism, draw, scale, rho in kinds
    ]


def _spent_on(marginals: Sequence[NoisyMarginal]) -> list[dict[str, Any]]:
    """Say what each draw cost, by number of attributes and level."""
    kinds = sorted({(m.draw, len(m.attributes), m.level) for m in marginals})
    found = []
    for draw, ways, level in kinds:
        rhos = [m.rho for m in marginals if (m.draw, len(m.attributes), m.level) == (draw, ways, level)]
        cost = nano_rho_of(rhos)
        found.append({"draw": draw, "attributes": ways, "level": level, "tables": len(rhos), "rho": cost / NANO})
    return found
