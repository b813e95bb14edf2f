"""The component ``synth_assets.SyntheticDataset``: a contract in ``defs.yaml`` becomes a dataset.

Its attributes are the contract itself, so that the file that Dagster loads is
the file that the command line checks and the auditor reads. Two keys beside it are
Dagster's alone, and in no digest: ``translation``, which changes what the assets are
called and show, and ``deps``, the assets that fill the private table.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Self
from weakref import WeakKeyDictionary

import dagster as dg
from dagster.components import AssetAttributesModel, ResolutionContext, Scaffolder, ScaffoldRequest
from dagster.components.utils import TranslatorResolvingInfo
from pydantic import BaseModel, Field

from synth_assets.contract import DatasetContract
from synth_assets.contract.lookup_file import read_beside
from synth_assets.contract.options import generator_faults
from synth_assets.errors import ContractError
from synth_assets.files import sha256_bytes
from synth_assets.integrations.dagster.accounts import accounts_definitions
from synth_assets.integrations.dagster.definitions import build_dataset
from synth_assets.integrations.dagster.translator import StepData, SyntheticDatasetTranslator
from synth_assets.workspace import Workspace

__all__ = ["SyntheticDataset", "SyntheticDatasetScaffolder", "WrittenTranslator", "translator_written_in"]

_FIRST: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""By loading of a project: the dataset that was built first, and brings the asset of all accounts."""
_MOST = 1024
"""Components whose definitions are kept, by far more than a project has."""
_START = """\
type: {type}
attributes:
  # Every value that begins with TODO: waits for your answer. `synth-assets contract check` lists those that are
  # left, and nothing can be run before. docs/tutorial.md describes every key.
  name: {name}
  purpose: "TODO: say what the synthetic table is for; it goes into the datasheet"
  source: "TODO: name of a registered source; `synth-assets source list` shows them"
  privacy:
    # Who is protected, as the officer registered it (`synth-assets source list`): `rows` where one person is one row,
    # else {{column: person_id, max_rows: 3}}.
    unit: "TODO: rows, or the column of person ids with the most rows that are counted of one person"
    spend:
      # What one release costs; it is never paid back. `synth-assets budget show` says what is left.
      epsilon: "TODO: a number, such as 1.0"
      delta: "TODO: a number well below one over the number of people, such as 1.0e-7"
  columns:
    # One entry per column, from public knowledge (a codebook, a law, a definition), never from the rows.
    "TODO: name of a column of the source":
      type: "TODO: integer, float, categorical, boolean, date or datetime"
      # then min and max, or categories; and `nullable: true` if the column has nulls: see docs/tutorial.md
      domain_source: "TODO: where the domain comes from, such as the codebook's name"
"""


class SyntheticDatasetScaffolder(Scaffolder[Any]):
    """Writes a contract to fill in: ``dg scaffold defs synth_assets.SyntheticDataset my_dataset``.

    It is refused by ``contract check``, by ``run`` and by Dagster until every open place has an answer, because a
    contract that passes as it was written would be paid for as it was written.
    """

    def scaffold(self, request: ScaffoldRequest[Any]) -> None:
        """Write ``defs.yaml`` into the new folder, with an open place wherever only a person can know."""
        folder = Path(request.target_path)
        folder.mkdir(parents=True, exist_ok=True)
        text = _START.format(type=request.type_name, name=folder.name.replace("-", "_"))
        (folder / "defs.yaml").write_text(text, encoding="utf-8")


class _Attributes(DatasetContract):
    """A contract with what only Dagster reads."""

    translation: str | AssetAttributesModel | None = Field(  # type: ignore[valid-type]  # a class that Dagster builds
        default=None,
        description="Key, group, owners, tags, kinds or metadata of the assets. In templates, `spec` is what an asset "
        "has without it and `data` says which it is: `data.step`, `data.contract.name`.",
    )
    deps: tuple[str, ...] = Field(
        default=(), strict=False, description="Keys of the assets that fill the private table, such as `raw/visits`."
    )

    def contract(self) -> DatasetContract:
        """Return the contract alone, which was validated as a part of this."""
        names = DatasetContract.model_fields
        parts = {name: getattr(self, name) for name in names}
        return DatasetContract.model_construct(self.model_fields_set & set(names), **parts)


class WrittenTranslator(SyntheticDatasetTranslator):
    """What ``translation`` says in a ``defs.yaml``, applied to the default of each asset."""

    def __init__(self, written: str | BaseModel, context: ResolutionContext) -> None:
        self._info = TranslatorResolvingInfo(
            asset_attributes=written, resolution_context=context, model_key="translation"
        )

    def get_asset_spec(self, data: StepData) -> dg.AssetSpec:
        """Return the default, changed as written."""
        spec = super().get_asset_spec(data)
        return self._info.get_asset_spec(spec, {"spec": spec, "data": data})


def translator_written_in(beside: dict[str, Any]) -> SyntheticDatasetTranslator | None:
    """Return the translator that ``defs.yaml`` writes beside its contract, outside of Dagster; ``None`` if none.

    Templates know ``spec``, ``data`` and ``env``, as everywhere, and none of a project's own names.
    """
    if not (written := beside.get("translation")):
        return None
    model = written if isinstance(written, str) else AssetAttributesModel.model_validate(written)
    return WrittenTranslator(model, ResolutionContext.default())


@dg.scaffold_with(SyntheticDatasetScaffolder)
class SyntheticDataset(dg.Component):
    """A differentially private synthetic dataset: source, release, generator, candidate and promoted, with checks."""

    def __init__(
        self,
        contract: DatasetContract,
        *,
        translator: SyntheticDatasetTranslator | None = None,
        deps: tuple[str, ...] = (),
    ) -> None:
        self.contract = contract
        self.translator = translator
        self.deps = deps

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """Return the contract, with ``translation`` and ``deps``: the attributes of ``defs.yaml`` are its fields."""
        return _Attributes

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> Self:
        """Build the component from validated attributes.

        Raises:
            ContractError: the kind of the generator is not installed, or has no such options; or a table's file
                cannot be read.
        """
        assert isinstance(attributes, _Attributes)  # noqa: S101 - by get_model_cls
        # Contracts hold no templates: what they say is what the auditor reads.
        contract = attributes.contract()
        contract = read_beside(contract, Path(context.path)) if contract.lookups else contract
        if faults := generator_faults(contract.generator):
            listed = "; ".join(f"{'.'.join(map(str, where))}: {message}" for where, message in faults)
            raise ContractError(f"{contract.name}: {listed}", hint="`synth-assets contract check` says where")
        written = attributes.translation
        translator = WrittenTranslator(written, context.resolution_context) if written else None
        return cls(contract, translator=translator, deps=attributes.deps)

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Return the dataset's assets, checks, job, schedule and sensors; one dataset of a project has the accounts."""
        root = _root(context)
        definitions = self._of_dataset(root)
        # Dagster keeps this object as long as one loading of a project, and builds each component again in it.
        if self.contract.name == _FIRST.setdefault(context.component_tree.state_tracker, self.contract.name):
            return dg.Definitions.merge(definitions, accounts_definitions(root=root))
        return definitions

    def _of_dataset(self, root: Path) -> dg.Definitions:
        if self.translator is not None:  # its templates may know anything
            return build_dataset(self.contract, root=root, translator=self.translator, deps=self.deps)
        suite = root / self.contract.suite_path
        return _built(
            _Basis(
                contract=self.contract,
                digest=self.contract.digest(),
                suite=sha256_bytes(suite.read_bytes()) if suite.is_file() else "",
                root=root,
                deps=self.deps,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """All that decides the definitions of a dataset whose assets nobody renamed; the contract, by its digest."""

    contract: DatasetContract = field(compare=False)
    digest: str
    suite: str
    root: Path
    deps: tuple[str, ...]


@lru_cache(maxsize=_MOST)
def _built(basis: _Basis) -> dg.Definitions:
    """Return a dataset's definitions, once per process: Dagster loads a project twice and drops what it built first."""
    return build_dataset(basis.contract, root=basis.root, deps=basis.deps)


def _root(context: dg.ComponentLoadContext) -> Path:
    """Return the workspace: ``SYNTH_ASSETS_ROOT`` if set, else the Dagster project's folder."""
    import os

    return Workspace.current().root if os.environ.get("SYNTH_ASSETS_ROOT") else Path(context.project_root)
