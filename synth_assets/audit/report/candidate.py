"""The page of one candidate, passed or refused: the report's frame and sections, as far as they hold of a candidate.

It is made of public facts and of answers that were paid for, and nothing rests on it. It holds no clock, so the same
verdicts write the same page.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synth_assets.audit.privacy_statement import identification_bound
from synth_assets.audit.report.facts import ReportFacts
from synth_assets.audit.report.page import report_page
from synth_assets.audit.report.sections import CANDIDATE_SECTIONS
from synth_assets.candidate import Candidate
from synth_assets.checks import CheckResult
from synth_assets.checks.kinds.kind import Basis
from synth_assets.contract import DatasetContract
from synth_assets.release import Release

__all__ = ["candidate_page"]


def candidate_page(basis: Basis, candidate: Candidate, results: Sequence[CheckResult], *, suite: Path) -> str:
    """Return the page as HTML.

    Args:
        basis: what the checks were judged by.
        candidate: what they looked at.
        results: one per check.
        suite: the JSON file with the hand-written checks; need not exist.
    """
    contract, release = basis.contract, basis.release
    facts = ReportFacts(
        contract=contract,
        identity={
            "candidate": candidate.digest,
            "release": release.digest,
            "generator": candidate.generator,
            "contract": candidate.contract,
        },
        candidate=candidate,
        results=tuple(results),
        suite=suite,
        release=release,
        statement=_statement(contract, release),
        tables=basis.counts.tables if basis.counts.as_declared else (),
        evaluation=basis.context.evaluation,
        promoted=False,
    )
    return report_page(facts, sections=CANDIDATE_SECTIONS)


def _statement(contract: DatasetContract, release: Release) -> dict[str, Any]:
    """Return the parts of a privacy statement that follow from contract and release, without the ledger."""
    charged = contract.release_loss()
    unprotected = [*release.privacy.get("unprotected_quantities", ()), *contract.unprotected_domains]
    return {
        "composition": {
            "charged": {"nano_rho": charged.nano_rho, "atto_delta": charged.atto_delta},
            "delta": contract.privacy.spend.delta,
            "identified_at_5_in_100": identification_bound(charged),
        },
        "unprotected_quantities": list(dict.fromkeys(unprotected)),
    }
