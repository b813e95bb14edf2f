"""What is promoted, whether the followers agree with it, and how to bring them back.

``current.json`` decides. A version store that is ahead of it saw a promotion
that died before the commit point; an alias that is behind it saw one that died
after. Either way the followers are moved, never ``current.json``.
"""

from dataclasses import dataclass

from synth_assets.errors import IntegrityError
from synth_assets.promotion.current import Promotion, read_pointer, version_is_whole
from synth_assets.promotion.promote import align, one_at_a_time
from synth_assets.promotion.protocols import ModelRegistry, VersionStore
from synth_assets.workspace import Workspace

__all__ = ["PromotionStatus", "promotion_status", "repair"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionStatus:
    """How promotion stands for one dataset.

    Attributes:
        dataset: name of the contract.
        promotion: what ``current.json`` names; ``None`` when nothing was promoted.
        whole: whether that version is there in full.
        store_agrees: whether the version store's newest content is that version.
        alias_agrees: whether the registry's alias points at its model.
    """

    dataset: str
    promotion: Promotion | None
    whole: bool = True
    store_agrees: bool = True
    alias_agrees: bool = True

    @property
    def in_order(self) -> bool:
        """Whether nothing is to be repaired."""
        return self.whole and self.store_agrees and self.alias_agrees

    def describe(self) -> tuple[str, ...]:
        """Say in sentences what is promoted and what is to be repaired."""
        if self.promotion is None:
            return (f"nothing of {self.dataset!r} is promoted",)
        said = [f"version {self.promotion.version[:12]} of {self.dataset!r} is promoted"]
        if not self.whole:
            said.append("its files are missing or altered")
        if not self.store_agrees:
            said.append(
                "the version store is not at it: a promotion did not finish, or an older version was checked out"
            )
        if not self.alias_agrees:
            said.append("the alias `promoted` of the model registry is not at it")
        return tuple(said)


def promotion_status(
    workspace: Workspace, dataset: str, *, versions: VersionStore, registry: ModelRegistry
) -> PromotionStatus:
    """Compare ``current.json`` with the version, the version store and the registry; changes nothing."""
    found = read_pointer(workspace.promoted(dataset))
    if found is None:
        return PromotionStatus(dataset=dataset, promotion=None)
    return PromotionStatus(
        dataset=dataset,
        promotion=found,
        whole=version_is_whole(found.folder),
        store_agrees=versions.committed(dataset) == found.address,
        alias_agrees=registry.promoted(dataset) == found.model_version,
    )


def repair(workspace: Workspace, dataset: str, *, versions: VersionStore, registry: ModelRegistry) -> PromotionStatus:
    """Bring version, version store and alias back to what ``current.json`` says; return what was found.

    Raises:
        IntegrityError: the version is damaged and the store does not hold all of it.
    """
    with one_at_a_time(workspace.promoted(dataset)):
        found = promotion_status(workspace, dataset, versions=versions, registry=registry)
        if found.promotion is None:
            return found
        if not found.whole:
            _restore(found.promotion, versions=versions)
        align(found.promotion, versions=versions, registry=registry)
    return found


def _restore(promotion: Promotion, *, versions: VersionStore) -> None:
    damaged = promotion.folder.with_name(f".{promotion.version}.damaged")
    if promotion.folder.exists():
        promotion.folder.rename(damaged)
    versions.restore(promotion.address, promotion.folder)
    if not version_is_whole(promotion.folder):
        raise IntegrityError(
            f"the version store does not hold version {promotion.version[:12]} as it was promoted",
            hint="promote a candidate again; the data can be sampled again for nothing",
        )
