"""Promote rows that the generator did not sample, under the manifest of a candidate that it did sample.

Whoever can write to the candidates' folder replaces the Parquet file by other rows
(private ones, for example) that lie in the domain and are close to the release, and
recomputes every digest. All checks pass, and without sampling again every claim of the
bundle does too.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from forged_candidate import forge_candidate
from kit.project import Project, command
from kit.stores import stores_in

from synth_assets.candidate import Candidate
from synth_assets.checks import decide, required_checks, run_checks
from synth_assets.checks.counts import count_candidate
from synth_assets.promotion import Promotion


def _promote(checked: Project, forged: Candidate, tmp_path: Path) -> Promotion:
    """Run the real checks on the forged candidate and promote it: the table itself has no fault."""
    results = run_checks(checked.contract, forged, checked.release, suite=checked.suite)
    required = required_checks(checked.contract, checked.suite)
    decision = decide(results, required=required, candidate=forged.digest)
    assert decision.promote
    counts = count_candidate(checked.contract, forged, checked.release)
    evidence = replace(checked.evidence(0), candidate=forged, results=tuple(results), decision=decision, counts=counts)
    return checked.promote(evidence, **stores_in(tmp_path))


def _verify(bundle: Path, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    """Verify as strictly as this version of the command can; the previous one had no ``--reproduce``."""
    command("audit", "verify", "--help")
    strictest = ["--reproduce"] if "--reproduce" in capsys.readouterr().out else []
    return command("audit", "verify", str(bundle), *strictest), capsys.readouterr().out


def test_rows_that_the_generator_did_not_give_fail_the_strictest_audit(
    checked: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = forge_candidate(checked, checked.candidate(1).table())
    code, output = _verify(_promote(checked, forged, tmp_path).bundle, capsys)
    assert "FAILED" in output, output
    assert "holds other rows than the generator gives" in output
    assert code == 1


def test_rows_that_it_did_give_pass_it(promoted: Promotion, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = _verify(promoted.bundle, capsys)
    assert "FAILED" not in output, output
    assert code == 0


def test_even_the_right_rows_in_an_order_of_somebodys_choice_fail_it(
    checked: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = checked.candidate(0).table()
    forged = forge_candidate(checked, table.take(list(reversed(range(table.num_rows)))))
    code, output = _verify(_promote(checked, forged, tmp_path).bundle, capsys)
    assert "FAILED" in output, output
    assert code == 1
