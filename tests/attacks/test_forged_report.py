"""The page that people read is changed, and the manifest is rewritten to match.

Nothing compared `report.html` with the evidence: with its digest in the manifest, a
page that promises another epsilon, or runs a script, passed every claim. And an
auditor could not state which version a person was given.
"""

import shutil
from pathlib import Path

import pytest
from kit.project import Project
from kit.stores import stores_in
from resealed import reseal
from shell import exit_code_of

from synth_assets.audit import Status, exit_code, verify_bundle
from synth_assets.promotion import Promotion


@pytest.fixture
def version(promoted: Promotion, tmp_path: Path) -> Path:
    return Path(shutil.copytree(promoted.folder, tmp_path / "copy", copy_function=shutil.copyfile))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("epsilon at delta", "epsilon (really 0.01) at delta"),
        ("</main>", "<script src='https://elsewhere'></script></main>"),
        ("no epsilon", "no epsilon"),
    ],
    ids=["another number", "a script", "one more byte"],
)
def test_a_page_that_the_evidence_does_not_make_fails(version: Path, old: str, new: str) -> None:
    page = version / "bundle" / "report.html"
    text = page.read_text()
    changed = text.replace(old, new) if old in text else f"{text} "
    assert changed != text
    page.write_text(changed)
    claims = verify_bundle(reseal(version))
    assert exit_code(claims) == 1
    assert {claim.name for claim in claims if claim.status is Status.FAILED} == {"report"}


def test_another_version_than_the_expected_one_fails(
    checked: Project, promoted: Promotion, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # It is valid in itself, as a good forgery would be.
    another = checked.promote(checked.evidence(1), **stores_in(tmp_path / "another"))
    expected = promoted.version
    assert exit_code_of("audit", "verify", str(promoted.folder), "--expect", expected) == 0
    assert exit_code_of("audit", "verify", str(promoted.folder), "--expect", expected[:12].upper()) == 0
    assert exit_code_of("audit", "verify", str(another.folder)) == 0
    capsys.readouterr()
    assert exit_code_of("audit", "verify", str(another.folder), "--expect", expected) == 1
    assert "1 of" in capsys.readouterr().out
    for short in (expected[:11], "", "no digest at all", f"{expected}0"):
        assert exit_code_of("audit", "verify", str(promoted.folder), "--expect", short) == 2
