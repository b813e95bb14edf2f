r"""Errors that a user can see: one base class, and a hint at the end of every message.

A message has three parts: what was given, the rule it breaks, what to do. The
class decides the exit code of the command line: 1 refused by a check or by the
budget, 2 wrong use, 3 a fault. No message may hold anything that depends on a
private row; after a reservation was opened there is exactly one message,
:class:`MeasurementFailed`.

Example:
    >>> raise_me = BudgetRefused("account 'gss' has 0.01 rho left, the contract asks for 0.07", hint="ask the officer")
    >>> str(raise_me)
    "account 'gss' has 0.01 rho left, the contract asks for 0.07\n  hint: ask the officer"
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

__all__ = [
    "FULL_INSTALLATION",
    "BudgetRefused",
    "CheckRefused",
    "ContractError",
    "Fault",
    "IntegrityError",
    "LedgerBusy",
    "LedgerUnavailable",
    "MeasurementFailed",
    "NotInstalled",
    "NotReady",
    "Refused",
    "StorageUnavailable",
    "SynthAssetsError",
    "UsageError",
    "about",
    "naming_missing",
]


class SynthAssetsError(Exception):
    """Base of all errors of this package.

    Args:
        message: what was given and the rule it breaks; public information only.
        hint: what the reader can do about it.
        where: the contract key concerned, such as ``("privacy", "unit")``.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str = "", where: tuple[str, ...] = ()) -> None:
        self.message = message
        self.hint = hint
        self.where = where
        super().__init__(f"{message}\n  hint: {hint}" if hint else message)


class Refused(SynthAssetsError):  # noqa: N818 - says what happened
    """A rule refused the request; nothing was opened or promoted."""

    exit_code = 1


class BudgetRefused(Refused):
    """The account does not cover the request."""


class CheckRefused(Refused):
    """A blocking check failed or is missing for exactly this candidate."""


class NotReady(Refused):
    """Something that a later step needs is missing; detected before anything was reserved."""


class UsageError(SynthAssetsError):
    """The request itself is wrong: unknown name, wrong type, wrong unit."""

    exit_code = 2


class NotInstalled(UsageError):  # noqa: N818 - says what happened
    """A package of the full installation is missing, as it is where only what verification needs was installed."""

    def __init__(self, what: str, *, package: str, hint: str = "") -> None:
        super().__init__(f"{what} takes {package}, which is not installed; pip install synth-assets", hint=hint)


class ContractError(UsageError):
    """The contract has faults; the message lists all of them."""


class Fault(SynthAssetsError):  # noqa: N818 - says what happened
    """A failure that the user did not cause."""


class LedgerUnavailable(Fault):
    """The ledger cannot be reached, read or written; nothing was opened."""


class LedgerBusy(Fault):
    """Another live process holds this reservation or the ledger's lock."""


class StorageUnavailable(Fault):
    """The storage that machines share cannot be reached, or refuses; what was made is still in its folder."""


class IntegrityError(Fault):
    """A stored file or a ledger entry is not what its digest says."""


class MeasurementFailed(Fault):
    """The one message for any fault after a private source was opened.

    It takes no arguments on purpose: whatever happened depends on private
    rows, so nothing about it may reach the public zone.
    """

    def __init__(self) -> None:
        super().__init__(
            "the measurement did not finish; its charge stays and what it journaled is used by the next run",
            hint="run again; the curator's store has the details",
        )


@contextmanager
def about(*where: str) -> Iterator[None]:
    """Attach the contract key to refusals raised inside, unless already set."""
    try:
        yield
    except (Refused, UsageError) as error:
        error.where = error.where or where
        raise


FULL_INSTALLATION = frozenset(
    {"alembic", "dagster", "dvc", "fsspec", "great_expectations", "hydra", "mlflow", "pandas", "torch"}
    | {"sklearn", "threadpoolctl"}
)
"""Packages that verifying, reading and estimating do without: what ``requirements-verify.txt`` leaves out."""


@contextmanager
def naming_missing(what: str, *, hint: str = "") -> Iterator[None]:
    """Say which package of the full installation ``what`` takes, where it is not installed; also a decorator.

    Raises:
        NotInstalled: in place of the ``ModuleNotFoundError``.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        if package not in FULL_INSTALLATION:
            raise
        raise NotInstalled(what, package=package, hint=hint) from error
