"""What a privacy statement says of mechanisms and spending: it follows from the released records alone.

The measurement writes it, and an audit computes it again and compares.
"""

from collections.abc import Sequence
from typing import Any

from synth_assets.privacy import NANO, nano_rho_of
from synth_assets.release.discovery import Discovery
from synth_assets.release.model import NoisyMarginal
from synth_assets.release.scores import NoisyScores

__all__ = ["ALWAYS_UNPROTECTED", "describe_mechanisms", "describe_spending"]

ALWAYS_UNPROTECTED = (
    "running time and memory of the measurement",
    "that a measurement failed, and when",
    "names and types of the source's columns, as registered",
)
"""What no release protects; a statement without it is not one."""


def describe_mechanisms(
    marginals: Sequence[NoisyMarginal],
    *,
    discoveries: Sequence[Discovery] = (),
    scores: Sequence[NoisyScores] = (),
    max_rows: int,
) -> list[dict[str, Any]]:
    """Return each mechanism with its noise, its loss and what it measured, as plain JSON values."""
    return [
        *(_threshold(item, d_in=max_rows) for item in discoveries),
        *map(_scoring, scores),
        *_mechanisms(marginals),
    ]


def describe_spending(
    marginals: Sequence[NoisyMarginal], *, discoveries: Sequence[Discovery] = (), scores: Sequence[NoisyScores] = ()
) -> list[dict[str, Any]]:
    """Return what each draw cost, as plain JSON values."""
    return [*_spent_on_discovery(discoveries), *map(_spent_on_scores, scores), *_spent_on(marginals)]


def _threshold(item: Discovery, *, d_in: int) -> dict[str, Any]:
    """Describe the mechanism that found a column's categories; its d_in are L0, L2 and Linf."""
    return {
        "opendp": item.mechanism,
        "draw": item.draw,
        "scale": item.scale,
        "threshold": item.threshold,
        **({"releases": "counts above the threshold"} if item.rule == "above" else {}),
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
