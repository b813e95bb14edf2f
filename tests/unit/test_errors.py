"""Messages have a hint, classes have exit codes, and one message has no room for private values."""

import inspect

import pytest

from synth_assets import errors
from synth_assets.errors import (
    FULL_INSTALLATION,
    BudgetRefused,
    CheckRefused,
    ContractError,
    Fault,
    IntegrityError,
    LedgerBusy,
    LedgerUnavailable,
    MeasurementFailed,
    NotInstalled,
    SynthAssetsError,
    UsageError,
    about,
    naming_missing,
)

_CLASSES = [getattr(errors, name) for name in errors.__all__ if isinstance(getattr(errors, name), type)]


def test_a_message_ends_in_its_hint() -> None:
    error = UsageError("rho=0.0 must be finite and > 0", hint="give a positive number")
    assert str(error) == "rho=0.0 must be finite and > 0\n  hint: give a positive number"
    assert (error.message, error.hint) == ("rho=0.0 must be finite and > 0", "give a positive number")


def test_a_message_without_a_hint_is_left_alone() -> None:
    assert str(UsageError("what was given")) == "what was given"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (BudgetRefused, 1),
        (CheckRefused, 1),
        (UsageError, 2),
        (ContractError, 2),
        (NotInstalled, 2),
        (LedgerUnavailable, 3),
        (LedgerBusy, 3),
        (IntegrityError, 3),
        (MeasurementFailed, 3),
    ],
)
def test_the_class_decides_the_exit_code(kind: type[SynthAssetsError], code: int) -> None:
    assert kind.exit_code == code


@pytest.mark.parametrize("kind", _CLASSES)
def test_every_error_has_the_one_base(kind: type[Exception]) -> None:
    assert issubclass(kind, SynthAssetsError)


def test_a_failed_measurement_takes_no_argument_that_could_carry_a_private_value() -> None:
    assert list(inspect.signature(MeasurementFailed).parameters) == []
    assert str(MeasurementFailed()) == str(MeasurementFailed())


def test_a_refusal_says_which_key_it_is_about_unless_it_said_so_itself() -> None:
    for error, where in (
        (UsageError("x"), ("source",)),
        (UsageError("x", where=("rows",)), ("rows",)),
        (Fault("x"), ()),
    ):
        with pytest.raises(type(error)) as raised, about("source"):
            raise error
        assert raised.value.where == where


@pytest.mark.parametrize("package", sorted(FULL_INSTALLATION))
def test_a_package_that_is_missing_is_named_with_its_remedy(package: str) -> None:
    with pytest.raises(NotInstalled) as raised, naming_missing("`run`"):
        raise ModuleNotFoundError(name=f"{package}.inner")
    assert str(raised.value) == f"`run` takes {package}, which is not installed; pip install synth-assets"


def test_a_module_that_no_installation_of_ours_brings_is_not_taken_for_one() -> None:
    with pytest.raises(ModuleNotFoundError), naming_missing("`run`"):
        raise ModuleNotFoundError(name="somebody_else")
