"""The contract: what is decided about a dataset before its data is touched."""

from synth_assets.contract.model import Checks, DatasetContract, GeneratorSpec, Privacy, Refresh, Spend, UnitSpec

__all__ = ["Checks", "DatasetContract", "GeneratorSpec", "Privacy", "Refresh", "Spend", "UnitSpec"]
