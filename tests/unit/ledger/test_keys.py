"""Keys that sign heads: made once, read by their owner alone, trusted by their bytes."""

import stat
from pathlib import Path

import pytest

from synth_assets.errors import UsageError
from synth_assets.ledger.keys import create_key, head_message, load_public_key, load_signer, public_path

MESSAGE = head_message(ledger_id="l", seq=3, hash_="h")


@pytest.fixture
def private(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "officer.key"
    create_key(path)
    return path


def test_a_signature_is_verified_by_the_public_key_alone(private: Path) -> None:
    signature = load_signer(private).sign(MESSAGE)
    public = load_public_key(public_path(private))
    assert public.verifies(MESSAGE, signature=signature)
    assert not public.verifies(head_message(ledger_id="l", seq=4, hash_="h"), signature=signature)
    assert not public.verifies(MESSAGE, signature="not hexadecimal")
    assert public.key_id == load_signer(private).public.key_id


def test_a_private_key_is_for_its_owner_alone(private: Path) -> None:
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    private.chmod(0o644)
    with pytest.raises(UsageError, match="others can read the private key"):
        load_signer(private)


def test_a_key_is_never_overwritten(private: Path) -> None:
    before = private.read_bytes()
    with pytest.raises(UsageError, match="there is a key"):
        create_key(private)
    assert private.read_bytes() == before


def test_the_secret_is_not_in_a_repr(private: Path) -> None:
    assert "secret" not in repr(load_signer(private))


def test_what_is_not_a_key_is_refused(private: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_signer(tmp_path / "missing.key")
    with pytest.raises(UsageError, match="is not an Ed25519 public key"):
        load_public_key(private)
    noise = tmp_path / "noise.key"
    noise.write_text("noise")
    noise.chmod(0o600)
    with pytest.raises(UsageError, match="is not an Ed25519 private key"):
        load_signer(noise)
