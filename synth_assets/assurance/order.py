"""Is a charge in the ledger before a row is read, and a draw announced before its noise exists?

Statistics cannot show that. A made-up source notes what the ledger holds whenever its
rows are read, through a whole measurement by :func:`~synth_assets.obtain.release.obtain_release`.
The copy that is broken on purpose reads the same rows, and charges afterwards.

Run as a program, with a folder: it prints one JSON object.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synth_assets.assurance import witness
from synth_assets.contract import DatasetContract
from synth_assets.ledger import Account, Ledger, open_ledger
from synth_assets.obtain.release import obtain_release, request_for
from synth_assets.privacy import Cap
from synth_assets.source.register import make_source
from synth_assets.strategy.release_plan import ReleasePlan
from synth_assets.workspace import Workspace

__all__ = ["main", "out_of_order", "uncharged_readings"]

_CONTRACT: dict[str, Any] = {
    "name": "made_up",
    "purpose": "made-up rows",
    "source": "made_up",
    "privacy": {"unit": "rows", "spend": {"epsilon": 1.0, "delta": 1e-6}},
    "columns": {"a": {"type": "integer", "min": 0, "max": 2, "domain_source": "made up"}},
}


def uncharged_readings(readings: Sequence[Sequence[str]]) -> int:
    """Count the readings of rows before which the ledger had no charge; at least 1 if there was no reading at all."""
    return sum("OPENED" not in kinds for kinds in readings) if readings else 1


def out_of_order(kinds: Sequence[str]) -> int:
    """Count the entries of one measurement that are not where they belong; missing ones count as one.

    A draw is an INTENT and the ANSWER right behind it, after the opening and before the settling.
    """
    draws = [kind for kind in kinds if kind in ("OPENED", "INTENT", "ANSWER", "SETTLED")]
    pairs = (len(draws) - 2) // 2
    wanted = ["OPENED", *["INTENT", "ANSWER"] * pairs, "SETTLED"]
    return sum(one != other for one, other in zip(draws, wanted, strict=False)) + (
        len(draws) != len(wanted) or not pairs
    )


def main(folder: Path) -> None:
    """Measure as it is done, then charge after reading, each with a ledger of its own, and print what was noted."""
    sound, entries = _measured(folder / "sound")
    noted = {"sound": sound, "entries": entries, "broken": _charged_after(folder / "broken")}
    sys.stdout.write(f"{json.dumps(noted)}\n")


def _measured(root: Path) -> tuple[list[list[str]], list[str]]:
    contract, workspace, ledger, notes = _registered(root)
    obtain_release(contract, workspace=workspace, ledger=ledger, by="test", reason="made-up rows")
    return witness.readings(notes), [entry.kind for entry in ledger.entries()]


def _charged_after(root: Path) -> list[list[str]]:
    """Do it wrongly, with made-up rows that no permit is needed for."""
    contract, _, ledger, notes = _registered(root)
    witness.rows(_url(root), notes)
    request = request_for(
        ReleasePlan(contract=contract), ledger.source("made_up"), by="test", reason="made-up rows", run_id=None
    )
    ledger.begin(ledger.reserve(request).id)
    return witness.readings(notes)


def _registered(root: Path) -> tuple[DatasetContract, Workspace, Ledger, str]:
    """Open an account and register the witness; what it notes at its registration is dropped."""
    root.mkdir(parents=True)
    contract, ledger, notes = DatasetContract.model_validate(_CONTRACT), open_ledger(_url(root)), root / "notes"
    account = Account(name="made_up", source="made_up", population="nobody", unit=contract.unit())
    ledger.open_account(account, Cap(epsilon=2.0, delta=1e-5), by="test")
    source = make_source(
        "made_up",
        kind="python",
        location=f"{witness.__name__}:rows",
        options={"arguments": [_url(root), str(notes)]},
        account="made_up",
        version="1",
        unit=contract.unit(),
        attested_by="test",
    )
    ledger.add_source(source, by="test")
    notes.unlink()
    return contract, Workspace(root=root), ledger, str(notes)


def _url(root: Path) -> str:
    return Workspace(root=root).ledger_url


if __name__ == "__main__":
    main(Path(sys.argv[1]))
