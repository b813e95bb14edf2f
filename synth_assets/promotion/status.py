"""What is promoted, what differs from it, and how to bring back what a crash left behind.

``current.json`` decides. A version store that is ahead of it saw a promotion
that died before the commit point; an alias that is behind it saw one that died
after. Either way the followers are moved, never ``current.json``. A contract or
a suite that moved on is nobody's fault: it is said, and nothing is repaired.
So is a generated check of the suite's file that the contract does not say: it is
not what runs, whatever whoever wrote it may think.
"""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from synth_assets.checks.suite import load_suite, suite_drift
from synth_assets.contract import DatasetContract
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.listing import some_of
from synth_assets.promotion.current import (
    Promotion,
    altered_files,
    fetch_version,
    newest_pointer,
    version_is_whole,
    write_pointer,
)
from synth_assets.promotion.protocols import ModelRegistry, VersionStore
from synth_assets.workspace import LOCK, Workspace

__all__ = ["Difference", "PromotionStatus", "promotion_status", "repair"]

_AGAIN = (
    "materialize the candidate again, as `synth-assets run` does; free, unless what is measured changed or "
    "the contract has gates, which ask people about each candidate"
)
_REPAIR = "`synth-assets status --repair`"
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as it was promoted.

    Attributes:
        part: what differs.
        said: how, in one sentence.
        hint: what to do about it.
        from_crash: whether it is what a crash leaves behind, and can be repaired.
        since_promotion: whether it is another state than the promoted one, and not two files of today that disagree.
    """

    part: Literal["promotion", "contract", "suite", "data", "DVC", "model"]
    said: str
    hint: str
    from_crash: bool
    since_promotion: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return the difference as plain JSON values."""
        return {"part": self.part, "said": self.said, "hint": self.hint, "needs_repair": self.from_crash}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionStatus:
    """How promotion stands for one dataset.

    Attributes:
        dataset: name of the contract.
        promotion: what ``current.json`` names; ``None`` when nothing was promoted, or nobody knows what.
        differences: what is not as it was promoted.
        under_way: whether another process is promoting right now; then only what it does not touch is compared.
    """

    dataset: str
    promotion: Promotion | None
    differences: tuple[Difference, ...] = ()
    under_way: bool = False

    @property
    def in_order(self) -> bool:
        """Whether nothing is to be repaired."""
        return not any(difference.from_crash for difference in self.differences)

    @property
    def state(self) -> str:
        """Say in a few words how it stands."""
        if self.under_way:
            return "a promotion is under way"
        if self.promotion is None:
            return "nobody knows what is promoted" if self.differences else "nothing is promoted"
        if not self.in_order:
            return "needs repair"
        if any(difference.part == "DVC" for difference in self.differences):
            return "this checkout is behind"
        if any(difference.since_promotion for difference in self.differences):
            return "changed since promotion"
        return "suite differs from contract" if self.differences else "in order"


def promotion_status(
    workspace: Workspace, contract: DatasetContract, *, versions: VersionStore, registry: ModelRegistry
) -> PromotionStatus:
    """Compare what was promoted with contract, suite, files, version store and registry; changes nothing."""
    under_way = _is_under_way(workspace.promoted(contract.name))
    try:
        promotion = newest_pointer(workspace, contract.name)
    except IntegrityError as error:  # an older promotion is not in force, so it is not shown in its place
        damage = Difference(part="promotion", said=error.message, hint=error.hint, from_crash=True)
        return PromotionStatus(dataset=contract.name, promotion=None, differences=(damage,), under_way=under_way)
    if promotion is None:
        return PromotionStatus(dataset=contract.name, promotion=None, under_way=under_way)
    left = () if under_way else _left_by_a_crash(promotion, versions=versions, registry=registry)
    left = _behind(left) if workspace.storage_url else left
    _bring(promotion, workspace)
    differences = (*_moved_on(promotion, contract, workspace), *_not_used(contract, workspace), *left)
    return PromotionStatus(dataset=contract.name, promotion=promotion, differences=differences, under_way=under_way)


def repair(
    workspace: Workspace, dataset: str, *, versions: VersionStore, registry: ModelRegistry
) -> tuple[Difference, ...]:
    """Bring version, version store and alias back to what ``current.json`` says; return what was repaired.

    Raises:
        IntegrityError: the version is damaged and the store does not hold all of it.
    """
    from synth_assets.promotion.promote import align, one_at_a_time

    root = workspace.promoted(dataset)
    promotion = newest_pointer(workspace, dataset)
    if promotion is None:
        return ()
    with one_at_a_time(root):
        promotion = newest_pointer(workspace, dataset) or promotion
        _bring(promotion, workspace)
        left = tuple(_left_by_a_crash(promotion, versions=versions, registry=registry))
        if any(difference.part == "data" for difference in left):
            _restore(promotion, workspace, versions=versions)
        write_pointer(promotion, root=root)
        align(promotion, versions=versions, registry=registry)
    return left


def _moved_on(promotion: Promotion, contract: DatasetContract, workspace: Workspace) -> Iterator[Difference]:
    if promotion.contract != contract.digest():
        sentence = "the contract says something else than the one that this version was promoted under"
        yield Difference(part="contract", said=sentence, hint=_AGAIN, from_crash=False)
    before, now = _written_then(promotion), _written(workspace.root / contract.suite_path)
    if before is not None and before != now:
        names = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
        sentence = (
            f"checks that were written by hand changed since this version was promoted: {some_of(names, most=_SHOWN)}"
        )
        yield Difference(part="suite", said=sentence, hint=_AGAIN, from_crash=False)


def _not_used(contract: DatasetContract, workspace: Workspace) -> Iterator[Difference]:
    """Say which generated checks of the suite's file the contract does not say; without a file there are none."""
    path = workspace.root / contract.suite_path
    if path.is_file() and (drift := suite_drift(contract, path)):
        stale = some_of(drift, most=_SHOWN)
        sentence = f"the contract's checks run, and not those that {contract.suite_path} has as generated: {stale}"
        hint = "`synth-assets contract suite --write`; a check of your own needs a name of its own"
        yield Difference(part="suite", said=sentence, hint=hint, from_crash=False, since_promotion=False)


def _written(path: Path) -> dict[str, str]:
    """Return the digest of each hand-written check of a suite, by name."""
    return {entry.check: entry.digest() for entry in load_suite(path) if not entry.generated}


def _written_then(promotion: Promotion) -> dict[str, str] | None:
    """Return the same of the suite in the bundle; ``None`` when that file is damaged, which is said elsewhere."""
    try:
        return _written(promotion.bundle / "expectations.json")
    except UsageError:
        return None


def _left_by_a_crash(promotion: Promotion, *, versions: VersionStore, registry: ModelRegistry) -> Iterator[Difference]:
    dataset = promotion.dataset
    if altered := altered_files(promotion.folder):
        sentence = f"files of the version are missing or altered: {some_of(altered, most=_SHOWN)}"
        yield Difference(
            part="data", said=sentence, hint=f"{_REPAIR} brings them back from DVC's cache", from_crash=True
        )
    address = versions.committed(dataset)
    if address != promotion.address:
        holds = f"holds another version, {address[:12]}" if address else "was interrupted, or has lost its copy"
        sentence = f"DVC {holds}: a promotion did not finish, or an older dvc.lock was checked out"
        yield Difference(part="DVC", said=sentence, hint=f"{_REPAIR} takes it to the promoted version", from_crash=True)
    number = registry.promoted(dataset)
    if number != promotion.model_version:
        sentence = f"the alias `promoted` is at model version {number or 'none'}, not at {promotion.model_version}"
        yield Difference(part="model", said=sentence, hint=f"{_REPAIR} moves it", from_crash=True)


def _is_under_way(root: Path) -> bool:
    """Tell whether another process holds the dataset's lock."""
    lock = root / LOCK
    if not lock.is_file():
        return False
    with lock.open() as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _bring(promotion: Promotion, workspace: Workspace) -> None:
    """Bring a missing version from the shared storage, if there is one that has it."""
    with suppress(IntegrityError):  # what is missing is said of its files
        fetch_version(promotion.folder, workspace=workspace)


def _behind(differences: Iterable[Difference]) -> Iterator[Difference]:
    """Say of what DVC has here that it follows promotions of this machine only: another machine's are not a crash."""
    hint = f"{_REPAIR} gives this checkout the promoted version"
    for difference in differences:
        of_dvc = difference.part == "DVC"
        sentence = "this checkout has another version, or none: another machine promoted the newest"
        yield replace(difference, said=sentence, hint=hint, from_crash=False) if of_dvc else difference


def _restore(promotion: Promotion, workspace: Workspace, *, versions: VersionStore) -> None:
    damaged = promotion.folder.with_name(f".{promotion.version}.damaged")
    if promotion.folder.exists():
        promotion.folder.rename(damaged)
    _bring(promotion, workspace)
    if version_is_whole(promotion.folder):
        return
    versions.restore(promotion.address, promotion.folder)
    if not version_is_whole(promotion.folder):
        raise IntegrityError(
            f"the version store does not hold version {promotion.version[:12]} as it was promoted",
            hint="promote a candidate again; the data can be sampled again at no privacy cost",
        )
