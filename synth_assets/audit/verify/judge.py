"""Verify a bundle offline: from its files alone, without ledger, network or private data.

Each claim is recomputed where files can show it (VERIFIED or FAILED). What only
people can vouch for is ATTESTED, and what needs a key, an anchor or the data is
NOT CHECKABLE until it is given.

Example::

    claims = verify_bundle(Path("data/promoted/happiness/version/bundle"))
    for claim in claims:
        print(claim)
    raise SystemExit(exit_code(claims))
"""

import os
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from synth_assets.audit.manifest import MANIFEST
from synth_assets.audit.verify import answers, assurance, checks, files, ledger, measured, privacy, reproduce, scenarios
from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim, attested, failed, missing
from synth_assets.errors import SynthAssetsError, UsageError
from synth_assets.workspace import BUNDLE, DATA

__all__ = ["verify_bundle"]

_DIGITS = re.compile(r"[0-9a-fA-F]{12,64}", re.ASCII)
Verifier = Callable[[Case], Claim]


def verify_bundle(  # noqa: PLR0913 - what a verification may be given, by keyword
    folder: Path,
    *,
    data: Path | None = None,
    key: Path | None = None,
    anchor: str | None = None,
    expect: str | None = None,
    reproduce: bool = False,
    refit: bool = False,
) -> list[Claim]:
    """Check every claim of a bundle.

    Args:
        folder: the bundle, or the version's folder that holds it.
        data: folder of the Parquet files, or one of them; by default beside the bundle.
        key: public key that signed the ledger's heads.
        anchor: where heads of the ledger were kept: ``file:...``, ``git:...`` or a path. A web address
            is asked over the network, which nothing else here does.
        expect: the version's digest as a person was told, or at least its first 12 hexadecimal digits.
        reproduce: sample the rows again from the weights in the bundle, and compare the bytes.
        refit: fit the generator to the release again, and compare the bytes; takes torch and a minute.

    Returns:
        One claim per line, in the order in which a reader asks.

    Raises:
        UsageError: ``expect`` is not a digest.
    """
    if expect is not None and not _DIGITS.fullmatch(expect):
        raise UsageError(
            f"{expect!r} is not a version: it takes 12 to 64 hexadecimal digits",
            hint="`current.json`, DVC or whoever promoted it knows the version",
        )
    version, bundle = _places(folder)
    case = Case(
        bundle=bundle,
        data=_data_folder(version, data),
        version=version,
        key=key,
        anchor=anchor,
        expected=expect,
        reproduce=reproduce,
        refit=refit,
    )
    return [*(_judge(name, verifier, case) for name, verifier in _verifiers()), *_attested(case)]


def _verifiers() -> tuple[tuple[str, Verifier], ...]:
    """Return all verifiers, in the order in which a reader asks."""
    return (
        *files.VERIFIERS,
        *answers.verifiers(),
        *privacy.VERIFIERS,
        *ledger.VERIFIERS,
        *measured.VERIFIERS,
        *checks.VERIFIERS,
        *reproduce.VERIFIERS,
        *scenarios.VERIFIERS,
        *assurance.VERIFIERS,
    )


def _judge(name: str, verifier: Verifier, case: Case) -> Claim:
    """Run one verifier; whatever an altered file does to it, the outcome is a claim."""
    try:
        return verifier(case)
    except (KeyboardInterrupt, SystemExit):
        raise
    except SynthAssetsError as error:
        return failed(name, error.message)
    except ModuleNotFoundError as error:
        return _not_installed(name, str(error.name).split(".")[0])
    except BaseException as error:  # noqa: BLE001 - a hostile file may raise anything, and Polars panics outside Exception
        return failed(name, f"cannot be read ({type(error).__name__})")


def _not_installed(name: str, package: str) -> Claim:
    """Say that a package is missing here, which says nothing of the bundle; one that is there and fails, fails."""
    if find_spec(package) is not None:
        return failed(name, "cannot be read (ModuleNotFoundError)")
    return missing(name, f"takes {package}, which is not installed here")


def _places(folder: Path) -> tuple[Path | None, Path]:
    """Return the version's folder, where it is known, and the bundle's; links inside are not followed."""
    if not os.path.lexists(folder / MANIFEST) and _is_folder(folder / BUNDLE):
        return folder, folder / BUNDLE
    bundle = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve would follow the link that was given
    beside = bundle.parent / DATA
    known = bundle.name == BUNDLE and _is_folder(beside) and any(path.suffix == ".parquet" for path in beside.iterdir())
    return (bundle.parent, bundle) if known else (None, folder)


def _data_folder(version: Path | None, data: Path | None) -> Path | None:
    """Return where the Parquet files are; ``None`` when none are at hand."""
    if data is not None:
        return data.parent if data.is_file() else data
    return version / DATA if version is not None and _is_folder(version / DATA) else None


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _attested(case: Case) -> list[Claim]:
    """Say what no file can prove."""
    return [
        attested("unit", "that one declared unit is one person is the officer's word"),
        attested("source", "that the rows were those of the registered source and version is the custodian's word"),
        attested("row-wise source", _row_wise(case)),
        attested(
            "mechanism ran", "that the numbers were drawn by the mechanisms in the release is the operator's word"
        ),
    ]


def _row_wise(case: Case) -> str:
    try:
        attested_by = case.release.privacy.get("source", {}).get("attested_by")
    except Exception:  # noqa: BLE001 - said in the claims above
        attested_by = None
    who = f"attested by: {attested_by}" if attested_by else "the source is a table or file, read row by row"
    return f"that one person's rows do not change another's; {who}"
