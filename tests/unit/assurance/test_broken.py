"""Each broken copy is broken as it says, and cannot reach anything but made-up rows."""

import ast
import inspect

import numpy as np

import synth_assets.assurance.broken as copies
from synth_assets.assurance.broken import bounded_per_part, draws_over_data, half_the_noise
from synth_assets.assurance.draws import ABSENT
from synth_assets.assurance.example import MOST, STRANGE, TOO_MANY
from synth_assets.assurance.examples import example_of


def test_half_of_the_noise_is_half_of_the_scale_at_the_same_price() -> None:
    noise = example_of("scores").noise
    half = half_the_noise(noise)
    assert (half.scale, half.rho, half.mechanism) == (noise.scale / 2, noise.rho, noise.mechanism)


def test_bounded_per_part_a_unit_has_its_rows_in_each_part() -> None:
    example = example_of("marginals")
    table = example.neighbours()[TOO_MANY]
    assert example.exact(bounded_per_part(table)).sum() - example.exact(table).sum() == MOST
    assert np.array_equal(example.exact(bounded_per_part(example.table)), example.exact(example.table))


def test_a_domain_from_the_data_has_a_value_that_only_one_unit_has() -> None:
    example = example_of("marginals")
    first, second = draws_over_data(example, (example.neighbours()[STRANGE], example.table), runs=5)
    assert first.shape == second.shape == (5, 4)
    assert (first != ABSENT).all()
    assert (second == ABSENT).sum(axis=1).tolist() == [1] * 5


def test_broken_copies_know_no_source_no_ledger_and_no_permit() -> None:
    tree = ast.parse(inspect.getsource(copies))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    forbidden = ("synth_assets.ledger", "synth_assets.obtain", "synth_assets.source", "synth_assets.measurement.permit")
    assert not [module for module in imported if str(module).startswith(forbidden)]
