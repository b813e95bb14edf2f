"""Commands that fit or sample take a seed, a device and a number of processes."""

import json

import click
import pytest
from kit.project import Project, command

from synth_assets.cli.main import cli
from synth_assets.generator import find_generator
from synth_assets.workspace import Workspace


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("run", {"--fit-seed", "--device", "--workers"}),
        ("synthesize", {"--fit-seed", "--device", "--workers"}),
        ("sample", {"--workers"}),
        ("check", {"--workers"}),
        ("compare", {"--device", "--workers"}),
    ],
)
def test_the_options_are_there(name: str, options: set[str]) -> None:
    subcommand = cli.get_command(click.Context(cli), name)
    assert subcommand is not None
    assert options <= {option for parameter in subcommand.params for option in parameter.opts}


@pytest.mark.integration
def test_another_seed_of_the_fit_is_another_generator_and_workers_change_nothing(
    finished: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    digests = []
    for number, options in enumerate([("--fit-seed", "7"), ("--fit-seed", "7", "--workers", "2"), ()]):
        command("synthesize", "defs/people", "--out", f"out{number}", "--rows", "50", "--json", *options)
        digests.append(json.loads(capsys.readouterr().out)["candidate"])
    assert digests[0] == digests[1] != digests[2]
    generators = Workspace.current().generators("people")
    assert sorted(find_generator(folder).seed for folder in generators.iterdir()) == [0, 7]
