"""``nulls``: no nulls where the contract has none; elsewhere their share is near the released one.

The released share carries noise and the synthetic one sampling: a gap counts as
far as it exceeds three standard errors of both.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from synth_assets.checks.entry import SuiteEntry, generated
from synth_assets.checks.kinds.kind import Basis, CheckKind, Facts, Verdict
from synth_assets.contract import DatasetContract

__all__ = ["NULLS"]

_TYPE = "expect_candidate_null_shares_near_release"
_EXPLAINED = 3
"""Standard errors of a share that count as explained."""


def _entries(contract: DatasetContract) -> Iterator[SuiteEntry]:
    kwargs = {
        "never": _never(contract),
        "sometimes": [name for name, spec in contract.columns.items() if spec.nullable],
        "max_difference": contract.checks.max_null_difference,
    }
    description = "No nulls where the contract has none; elsewhere their share is near the released one."
    yield generated("nulls", type_=_TYPE, kwargs=kwargs, description=description)


def _of_scenario(contract: DatasetContract, scenario: str) -> Iterator[SuiteEntry]:
    """Under a condition the share of nulls is another one on purpose; none where none may be still holds."""
    del scenario
    kwargs = {
        "never": _never(contract),
        "sometimes": [],
        "max_difference": contract.checks.max_null_difference,
    }
    yield generated("nulls", type_=_TYPE, kwargs=kwargs, description="No nulls where the contract has none.")


def _never(contract: DatasetContract) -> list[str]:
    return [name for name, spec in contract.columns.items() if not spec.nullable]


def _facts(basis: Basis) -> Facts:
    return {"nulls": dict(basis.counts.nulls), "null_shares": _null_shares(basis)}


def _null_shares(basis: Basis) -> dict[str, dict[str, float]]:
    """Return, for each nullable column, the gap between synthetic and released share of nulls, and its error."""
    counts, release = basis.counts, basis.release
    rows, shares = max(release.total(), 1.0), {}
    for column in release.domain.columns:
        if column.null_code is None:
            continue
        released, variance = release.project((column.name,))
        share = counts.nulls[column.name] / counts.rows
        noise = variance[column.null_code] + (share * release.total_standard_error()) ** 2
        error = np.sqrt(noise / rows**2 + share * (1 - share) / counts.rows)
        shares[column.name] = {"gap": float(share - released[column.null_code] / rows), "error": float(error)}
    return shares


def _judge(facts: Facts, *, never: Sequence[str], sometimes: Sequence[str], max_difference: float) -> Verdict:
    """No nulls in ``never``; in ``sometimes`` their share is within ``max_difference`` of the released one."""
    shares = facts["null_shares"]
    forbidden = {name: facts["nulls"][name] for name in never if facts["nulls"][name]}
    gaps = {name: max(0.0, abs(shares[name]["gap"]) - _EXPLAINED * shares[name]["error"]) for name in sometimes}
    far = {name: round(gap, 6) for name, gap in gaps.items() if gap > max_difference}
    widest, column = max(((abs(shares[name]["gap"]), name) for name in sometimes), default=(0.0, ""))
    sentence = [f"{name}: {count:,} nulls where none may be" for name, count in forbidden.items()]
    sentence += [f"{name}: share of nulls is off by {gap:.3f} beyond noise" for name, gap in far.items()]
    observed = {"forbidden": forbidden, "far": far, "widest_gap": round(widest, 6), "widest_column": column}
    fine = f"largest gap to the released share of nulls: {widest:.3f}" if sometimes else "no nulls"
    return not forbidden and not far, observed, "; ".join(sentence) or fine


NULLS = CheckKind(
    type=_TYPE,
    claim="nulls",
    entries=_entries,
    of_scenario=_of_scenario,
    facts=_facts,
    judge=_judge,
    measure=lambda observed, _: (float(len(observed["forbidden"]) + len(observed["far"])), 0.0),
)
