"""What a contract says of the generator: its kind, and the options that this kind has.

Reading a contract imports no generator: a kind is a word here, and its options are
JSON values. :mod:`~synth_assets.contract.options` holds both against the kind that
is installed, wherever a person's contract is read. So a bundle can be read where the
kind is not installed, and the process that sees private rows imports nothing of others.

Example:
    >>> spec = GeneratorSpec.model_validate({"kind": "tree", "depth": 3})
    >>> spec.options, spec.model_dump(mode="json")
    ({'depth': 3}, {'kind': 'tree', 'depth': 3})
"""

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue

from synth_assets.contract.declared import Part
from synth_assets.kinds import Kinds

__all__ = ["DEFAULT_KIND", "FOREIGN", "GENERATORS", "NEEDING_OPTIONS", "GeneratorSpec", "Named", "Options"]

DEFAULT_KIND = "mixture"

GENERATORS = Kinds(
    what="generator",
    group="synth_assets.generators",
    built_in={
        "mixture": "synth_assets.generator.mixture.model:MixtureGenerator",
        "gan": "synth_assets.generator.networks.gan:GanGenerator",
        "vae": "synth_assets.generator.networks.vae:VaeGenerator",
        "transformer": "synth_assets.generator.networks.transformer:TransformerGenerator",
        "diffusion": "synth_assets.generator.networks.diffusion:DiffusionGenerator",
        "simulator": "synth_assets.generator.simulators.model:SimulatorGenerator",
        "ensemble": "synth_assets.generator.ensemble:EnsembleGenerator",
    },
)
"""The kinds of generators. One of ours is a line here; one of another package is an entry point of its own."""
NEEDING_OPTIONS = frozenset({"simulator"})
"""Kinds of this package that nothing can be fitted with before an option says what."""

FOREIGN = "foreign"
"""Key of pydantic's context where options come from a bundle: what they name is not looked for then."""


class Options(Part):
    """Base of a kind's options, which are its fields; by itself it says that there are none.

    Each option of a kind of this package has a default, so that a contract without options needs no import; those of
    :data:`NEEDING_OPTIONS` are looked at.
    """


class GeneratorSpec(Part):
    """The model that is fitted to a release; keys other than ``kind`` are the kind's own options."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue] = Field(init=False)

    kind: str = Field(
        default=DEFAULT_KIND,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$",
        description="Which kind: one of ours, or of an installed package. Its options stand beside it.",
    )

    @property
    def options(self) -> dict[str, JsonValue]:
        """The kind's options as they were written."""
        return dict(self.__pydantic_extra__)


def _spelled_out(named: object) -> object:
    return {"kind": named} if isinstance(named, str) else named


Named = Annotated[GeneratorSpec, BeforeValidator(_spelled_out, json_schema_input_type=GeneratorSpec | str)]
"""A generator in a list of several: its kind alone, or a mapping of the kind and its options."""
