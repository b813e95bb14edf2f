"""The contract: what is decided about a dataset before its data is touched."""

from synth_assets.contract.generator import GeneratorSpec
from synth_assets.contract.model import Checks, DatasetContract, Privacy, Refresh, Spend, UnitSpec

__all__ = ["Checks", "DatasetContract", "GeneratorSpec", "Privacy", "Refresh", "Spend", "UnitSpec"]
