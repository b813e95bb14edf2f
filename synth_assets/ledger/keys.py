"""Create and load Ed25519 keys, which sign the entries of the ledger log.

A signature over an entry's hash covers every entry before it, because each hash
covers the one before. Private keys are files that only their owner can read;
public keys are copied freely. Trust is by public key, never by a name in the ledger.

Example:
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> public = create_key(folder / "officer.key")
    >>> signer = load_signer(folder / "officer.key")
    >>> signature = signer.sign(b"text")
    >>> public.verifies(b"text", signature=signature), public.verifies(b"other", signature=signature)
    (True, False)
"""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from synth_assets.errors import UsageError
from synth_assets.files import write_bytes

if TYPE_CHECKING:
    # It takes a tenth of a second, which every code location and every command would wait for.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["PublicKey", "Signer", "create_key", "head_message", "load_public_key", "load_signer", "public_path"]

_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that verifies signatures.

    Attributes:
        raw: the 32 bytes.
    """

    raw: bytes

    @property
    def key_id(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of the key."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def verifies(self, message: bytes, *, signature: str) -> bool:
        """Tell whether ``signature`` (hexadecimal) is this key's over ``message``."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(bytes.fromhex(signature), message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A key that can sign. The secret is not in its repr."""

    public: PublicKey
    secret: "Ed25519PrivateKey" = field(repr=False)

    def sign(self, message: bytes) -> str:
        """Return the signature over ``message`` in hexadecimal."""
        return self.secret.sign(message).hex()


def create_key(path: Path) -> PublicKey:
    """Write a new private key to ``path`` (0600) and its public key beside it (``.pub``).

    Raises:
        UsageError: the file exists: a key is never overwritten.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    secret = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY)
    except FileExistsError:
        raise UsageError(f"there is a key in {path} already", hint="choose another name") from None
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        stream.flush()
        os.fsync(stream.fileno())
    public = secret.public_key()
    write_bytes(public_path(path), public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return _public(public)


def public_path(path: Path) -> Path:
    """Return the path of the public key that belongs to a private key file."""
    return path.with_suffix(".pub")


def load_signer(path: Path) -> Signer:
    """Read a private key. Raises UsageError if it is not one, or if others can read it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = _read(path)
    if path.stat().st_mode & 0o077:
        raise UsageError(f"others can read the private key {path}", hint=f"chmod 600 {path}")
    try:
        secret = load_pem_private_key(data, password=None)
    except (ValueError, TypeError):
        secret = None
    if not isinstance(secret, Ed25519PrivateKey):
        raise UsageError(f"{path} is not an Ed25519 private key", hint="synth-assets keys create")
    return Signer(public=_public(secret.public_key()), secret=secret)


def load_public_key(path: Path) -> PublicKey:
    """Read a public key. Raises UsageError if it is not one."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    data = _read(path)
    try:
        key = load_pem_public_key(data)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path} is not an Ed25519 public key", hint="give the .pub file of synth-assets keys create")
    return _public(key)


def head_message(*, ledger_id: str, seq: int, hash_: str) -> bytes:
    """Return the message that is signed for an entry: ledger, number and hash."""
    return f"synth-assets ledger head 1|{ledger_id}|{seq}|{hash_}".encode()


def _public(key: "Ed25519PublicKey") -> PublicKey:
    return PublicKey(raw=key.public_bytes_raw())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"the key {path} cannot be read: {error.strerror}", hint="synth-assets keys create") from None
