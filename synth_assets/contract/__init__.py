"""The contract: what is decided about a dataset before its data is touched."""

from synth_assets.contract.generator import GeneratorSpec
from synth_assets.contract.model import DatasetContract, Refresh
from synth_assets.contract.privacy import Privacy, Spend, UnitSpec
from synth_assets.contract.public_checks import Checks

__all__ = ["Checks", "DatasetContract", "GeneratorSpec", "Privacy", "Refresh", "Spend", "UnitSpec"]
