"""A version in plain numbers, for registries and summaries: privacy, checks, closeness."""

from collections.abc import Iterator, Mapping
from typing import Any

from synth_assets.audit.evidence import Evidence
from synth_assets.audit.privacy_statement import identification_bound, published_loss, reservation_of
from synth_assets.evaluation.record import WHOLE
from synth_assets.privacy import epsilon_of

__all__ = ["metrics_of"]


def metrics_of(evidence: Evidence) -> dict[str, float]:
    """Return the metrics of a version by name, with dots between the parts of a name.

    ``checks.<name>.<key>`` are the numbers that a check observed; of a gate ``value``, ``low`` and ``high`` among them.
    ``privacy.rho`` and its epsilon are of the release, ``privacy.asked.<part>_rho`` is what asking people cost;
    ``privacy.identified_at_5_in_100`` bounds all that is published.
    """
    loss = reservation_of(evidence.release, evidence.book).loss
    evaluation = evidence.context.evaluation
    asked = () if evaluation is None else tuple(evaluation.answers)
    delta = evidence.contract.privacy.spend.delta
    observed = {
        f"checks.{result.name}.{key}": number
        for result in evidence.results
        for key, number in _numbers(result.observed)
    }
    return {
        "privacy.rho": loss.rho,
        "privacy.epsilon": epsilon_of(loss, delta=delta),
        "privacy.delta": delta,
        "privacy.identified_at_5_in_100": identification_bound(
            published_loss(loss, contract=evidence.contract, asked=asked)
        ),
        **{f"privacy.asked.{part or WHOLE}_rho": evidence.contract.evaluation_loss(part).rho for part in asked},
        "rows": float(evidence.candidate.rows),
        "checks.passed": float(sum(result.passed for result in evidence.results)),
        "checks.failed": float(sum(not result.passed for result in evidence.results)),
        **observed,
    }


def _numbers(observed: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for key, value in observed.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{prefix}{key}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{prefix}{key}", float(value)
