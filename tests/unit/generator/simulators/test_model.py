"""The kind ``simulator``: what a contract may say, scenarios, conditions, and code that is not the one calibrated."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from kit.incomes import DOMAIN
from pydantic import ValidationError
from toy_generator import on_path

from synth_assets.contract.generator import GeneratorSpec
from synth_assets.domain import Column, Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import sha256_bytes
from synth_assets.generator.condition import parse_condition
from synth_assets.generator.foreign import read_foreign
from synth_assets.generator.kinds import refuse_domain
from synth_assets.generator.simulators.model import SimulatorGenerator, SimulatorOptions
from synth_assets.release import Release


@pytest.fixture(autouse=True)
def _incomes(simulators: Path) -> Iterator[None]:
    with on_path(simulators):
        yield


@pytest.fixture(scope="module")
def calibrated(world_release: Release, simulators: Path) -> SimulatorGenerator:
    with on_path(simulators):
        generator = SimulatorGenerator(SimulatorOptions(simulator="incomes"))
        generator.fit(world_release, seed=0)
        return generator


def test_what_it_found_is_said(calibrated: SimulatorGenerator, truth: np.ndarray) -> None:
    found = calibrated.calibration()
    assert [one["name"] for one in found["parameters"]] == ["spread", "moves", "unknown"]
    assert [one["estimate"] for one in found["parameters"]] == pytest.approx(truth, rel=0.05)
    assert (found["simulator"], found["share"]) == ("incomes", 1.0)
    assert all(table["distance"] < 4 * table["explained"] for table in found["tables"])


def test_a_scenario_is_the_calibrated_world_with_other_parameters(
    calibrated: SimulatorGenerator, world_release: Release
) -> None:
    scenario = SimulatorGenerator(SimulatorOptions(simulator="incomes", set={"moves": 60}))
    scenario.fit(world_release, seed=0)
    by_name = {one["name"]: one for one in scenario.calibration()["parameters"]}
    assert by_name["moves"]["used"] == 60.0
    assert [one["estimate"] for one in by_name.values()] == [
        one["estimate"] for one in calibrated.calibration()["parameters"]
    ]
    rows = scenario.sample(2000, seed=0, shard=0)
    in_the_west = np.array(rows["region"].to_pylist()) == "west"
    assert in_the_west.mean() == pytest.approx(18 / 60, abs=0.03)
    assert scenario.sample(2000, seed=0, shard=0) == rows


def test_conditions_add_up(calibrated: SimulatorGenerator) -> None:
    west, old = (parse_condition(text, domain=DOMAIN) for text in ("region = 'west'", "age >= 70"))
    rows = calibrated.given(west).given(old).sample(300, seed=1, shard=0)
    assert set(rows["region"].to_pylist()) == {"west"}
    assert min(rows["age"].to_pylist()) >= 70
    assert calibrated.sample(300, seed=1, shard=0)["age"].null_count
    with pytest.raises(UsageError, match="none of"):
        calibrated.given(west).given(parse_condition("age <= 25", domain=DOMAIN))


def test_options_are_looked_at_before_anything_is_paid() -> None:
    with pytest.raises(ValidationError, match="incoms"):
        SimulatorOptions(simulator="incoms")
    with pytest.raises(ValidationError, match="no parameter 'age'; it has spread, moves, unknown"):
        SimulatorOptions(simulator="incomes", set={"age": 3})
    with pytest.raises(UsageError, match="no simulator is named"):
        SimulatorGenerator().fit(None, seed=0)  # type: ignore[arg-type]


def test_a_device_that_it_cannot_use_is_refused(release: Release) -> None:
    with pytest.raises(UsageError, match="cannot be fitted on 'cuda'"):
        SimulatorGenerator(SimulatorOptions(simulator="incomes")).fit(release, seed=0, device="cuda")


def test_other_code_or_none_is_missed_when_rows_are_drawn(calibrated: SimulatorGenerator) -> None:
    contents = calibrated.contents()
    other = contents["simulator.json"].replace(calibrated.calibration()["code"].encode(), b"0" * 64)
    changed = SimulatorGenerator.load(contents | {"simulator.json": other})
    with pytest.raises(IntegrityError, match="has other code here"):
        changed.sample(10, seed=0, shard=0)
    gone = contents["simulator.json"].replace(b'"incomes"', b'"outcomes"')
    with pytest.raises(UsageError, match="outcomes"):
        SimulatorGenerator.load(contents | {"simulator.json": gone}).sample(10, seed=0, shard=0)


def test_no_rows_are_no_rows(calibrated: SimulatorGenerator) -> None:
    assert calibrated.sample(0, seed=0, shard=0).schema == DOMAIN.arrow_schema()


def test_columns_that_it_does_not_fill_are_refused_before_paying() -> None:
    options = {"simulator": "incomes"}
    SimulatorGenerator.refuse_domain(options, DOMAIN)
    more = Domain(columns=(*DOMAIN.columns, Column(name="height", kind="integer", minimum=0, maximum=9)))
    with pytest.raises(UsageError, match="'height' of simulator 'incomes' is missing"):
        SimulatorGenerator.refuse_domain(options, more)
    members = {"members": ["mixture", {"kind": "simulator", **options}]}
    with pytest.raises(UsageError, match="'height' of simulator 'incomes' is missing"):
        refuse_domain(GeneratorSpec.model_validate({"kind": "ensemble", **members}), more)


def test_a_bundle_is_read_where_the_simulator_is_not_installed(
    calibrated: SimulatorGenerator, world_release: Release, tmp_path: Path
) -> None:
    contents = {
        name: content.replace(b'"incomes"', b'"outcomes"') if name == "simulator.json" else content
        for name, content in calibrated.contents().items()
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    files = {name: sha256_bytes(content) for name, content in contents.items()}
    described = {"kind": "simulator", "files": files, "options": {"simulator": "outcomes", "set": {"gone": 3.0}}}
    read = read_foreign(tmp_path, described, release=world_release)
    assert isinstance(read, SimulatorGenerator)
    assert read.calibration()["simulator"] == "outcomes"
    with pytest.raises(UsageError, match="'outcomes' is not known"):
        read.sample(3, seed=0, shard=0)
    with pytest.raises(IntegrityError, match="options are not those of a simulator"):
        read_foreign(tmp_path, described | {"options": {"simulator": 3}}, release=world_release)
