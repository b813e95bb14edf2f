"""What a contract says of the generator is words and JSON values, and earlier contracts keep their digests."""

import subprocess
import sys

import pytest
from kit.people import PEOPLE
from pydantic import ValidationError

from synth_assets.contract import DatasetContract, GeneratorSpec

_DIGEST = "9d0adc08d8e7d2f2a65a2e2d00eb7f7ff93d2b6075b8232e4f8ecef13ba59ff8"
_FINGERPRINT = "ee478d4f67da9a99c36e308eed864dca3e019e79ef38131883f4aa9c26b589ec"


@pytest.mark.parametrize("written", [{}, {"generator": {}}, {"generator": {"kind": "mixture"}}])
def test_contracts_of_a_mixture_have_the_digests_that_they_always_had(written: dict[str, object]) -> None:
    contract = DatasetContract.model_validate({**PEOPLE, **written})
    assert (contract.digest(), contract.fingerprint(layout=2)) == (_DIGEST, _FINGERPRINT)
    assert contract.model_dump(mode="json")["generator"] == {"kind": "mixture"}


def test_kind_and_options_are_in_the_digest_as_they_were_written_and_not_in_the_fingerprint() -> None:
    kinds = [{"kind": "toy"}, {"kind": "toy", "least": 0.0}, {"kind": "toy", "least": 1.0}]
    contracts = [DatasetContract.model_validate({**PEOPLE, "generator": kind}) for kind in kinds]
    assert len({_DIGEST, *(contract.digest() for contract in contracts)}) == 4
    assert {contract.fingerprint(layout=2) for contract in contracts} == {_FINGERPRINT}
    assert [contract.generator.options for contract in contracts] == [{}, {"least": 0.0}, {"least": 1.0}]
    again = [DatasetContract.model_validate_json(contract.model_dump_json()) for contract in contracts]
    assert again == contracts


@pytest.mark.parametrize(
    "declared",
    [{"kind": "a b"}, {"kind": ""}, {"kind": 3}, {"kind": "x", "a": float("nan")}, {"kind": "x", "a": {1, 2}}],
)
def test_what_is_not_a_name_with_json_values_is_refused(declared: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        GeneratorSpec.model_validate(declared)


def test_reading_a_contract_imports_no_generator() -> None:
    code = (
        "import sys; from synth_assets.contract.yaml_file import read_contract; from pathlib import Path;"
        "read_contract(Path('dagster_project/defs/minimal'));"
        "print([name for name in sys.modules if name.startswith(('torch', 'synth_assets.generator'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
