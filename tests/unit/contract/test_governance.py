"""What whoever signs wants to read: free texts that change no release and, while unsaid, no digest."""

import pytest
from kit.people import make_contract
from pydantic import ValidationError

from synth_assets.contract import DatasetContract
from synth_assets.contract.governance import Governance


def test_unsaid_it_is_in_no_digest_and_said_it_decides_no_release() -> None:
    plain = make_contract()
    silent = make_contract(governance={"controller": "", "approvals": []})
    said = make_contract(governance={"controller": "A hospital", "approvals": ["A. Doe, 2026-11-02"]})
    assert "governance" not in plain.model_dump()
    assert silent.digest() == plain.digest() != said.digest()
    assert said.fingerprint() == plain.fingerprint()
    assert DatasetContract.model_validate_json(said.model_dump_json()) == said


def test_an_unknown_key_and_characters_that_cannot_be_seen_are_refused() -> None:
    with pytest.raises(ValidationError):
        Governance.model_validate({"basis": "GDPR"})
    with pytest.raises(ValidationError, match="invisible"):
        Governance(legal_basis="GDPR\u202e")
