"""What the documents say can be followed: links lead somewhere, commands exist, contracts are good."""

import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from followed import PAGES, blocks_of, calls_in, typed_blocks

import synth_assets
from synth_assets.cli.main import cli
from synth_assets.contract.yaml_file import faults_of, parse_contract
from synth_assets.evaluation.asked import gate_faults
from synth_assets.evaluation.metrics.registry import METRICS

_ROOT = Path(synth_assets.__file__).parent.parent
_PAGES = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)#]+)(#[^)]*)?\)")
_MODULE = re.compile(r"`((?:[a-z_<>]+/)+[a-z_<>]+\.(?:py|html))")
_COMMAND = re.compile(r"synth-assets ((?:[a-z][a-z-]*(?: |$|`))+)", re.MULTILINE)


def _walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and all below it, each with the words that it is called by."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if inner := command.get_command(context, name):
                yield from _walk(inner, (*path, name))


def _commands(command: click.Command) -> set[tuple[str, ...]]:
    return {path for path, _ in _walk(command)}


def _texts() -> str:
    return "\n".join(path.read_text() for path in _PAGES)


@pytest.mark.parametrize("page", _PAGES, ids=lambda path: path.relative_to(_ROOT).as_posix())
def test_links_of_a_page_lead_to_files(page: Path) -> None:
    targets = [target for target, _ in _LINK.findall(page.read_text()) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_modules_that_a_page_names_are_there() -> None:
    package, rooms = _ROOT / "synth_assets", {path.name for path in (_ROOT / "synth_assets").iterdir()}
    missing = {
        (page.name, path)
        for page in _PAGES
        for path in _MODULE.findall(page.read_text())
        if "<" not in path and (path.split("/")[0] in rooms or path.startswith("synth_assets/"))
        if not (package / path.removeprefix("synth_assets/")).exists()
    }
    assert missing == set()


def test_every_command_stands_in_the_documents() -> None:
    text = _texts()
    missing = [" ".join(path) for path in _commands(cli) if f"synth-assets {' '.join(path)}".strip() not in text]
    assert missing == []


def test_every_command_in_a_document_exists() -> None:
    known = _commands(cli)
    mentioned = {tuple(words.replace("`", " ").split()) for words in _COMMAND.findall(_texts())}
    unknown = [" ".join(words) for words in mentioned if not any(words[: len(path)] == path for path in known if path)]
    assert unknown == []


def test_what_a_reader_types_stands_in_console_blocks() -> None:
    prompt = re.compile(r"^ *(\$ |synth-assets )", re.MULTILINE)
    blocks = [block for page in PAGES for block in blocks_of(page) if not block.is_typed]
    assert [(block.page, block.line) for block in blocks if prompt.search(block.text)] == []


def test_tests_that_a_block_is_left_to_are_there() -> None:
    named = {name for block in typed_blocks() for name in re.findall(r"tests/[\w/]+\.py", block.reason)}
    assert named
    assert [name for name in named if not (_ROOT / name).exists()] == []
    followed_there = [block for block in typed_blocks() if block.reason.startswith("tests/")]
    assert [it for it in followed_there if Path(it.page).name not in (_ROOT / it.reason).read_text()] == []


def _wrong_in(call: list[str]) -> list[str]:
    """Return what the program would not take of a call: commands, options and their values."""
    command, context = cli, click.Context(cli, info_name="synth-assets")
    while isinstance(command, click.Group):
        name, *call = call or [""]
        inner = command.get_command(context, name)
        if inner is None:
            return [f"no command {name}"]
        command, context = inner, click.Context(inner, info_name=name, parent=context)
    try:
        given, rest, _ = command.make_parser(context).parse_args(args=call)
        for option in command.params:
            if isinstance(option.type, click.Choice | click.types.IntParamType) and option.name in given:
                option.type.convert(given[option.name], option, context)
    except click.UsageError as error:
        return [error.format_message()]
    given = {name: value for name, value in given.items() if name}
    required = [option for option in command.params if option.required]
    return [
        *rest,
        *(f"{it.name} is missing" for it in required if it.name not in given or it.value_is_missing(given[it.name])),
    ]


def test_every_call_in_a_console_block_is_one_that_the_program_takes() -> None:
    calls = [(block.page, call) for block in typed_blocks() for call in calls_in(block.script)]
    assert [(page, call, wrong) for page, call in calls if (wrong := _wrong_in(call))] == []
    assert len(calls) > 50


@pytest.mark.parametrize(
    "call", ["walk x", "run", "run x --sed 1", "run x --seed one", "run x y", "source add s --kind xml", "budget"]
)
def test_a_call_that_the_program_would_not_take_is_noticed(call: str) -> None:
    assert _wrong_in(call.split())


def test_every_option_that_a_text_names_with_its_command_exists() -> None:
    names = {" ".join(path): command for path, command in _walk(cli) if not isinstance(command, click.Group)}
    unknown = [
        (page.name, code)
        for page in PAGES
        for code in re.findall(r"`synth-assets ([^`]+)`", page.read_text())
        for name, command in names.items()
        if f"{code} ".startswith(f"{name} ")
        for option in re.findall(r"(?<= )--[a-z-]+", code)
        if not any(option in known.opts for known in command.params) and option != "--help"
    ]
    assert unknown == []


@pytest.mark.parametrize(
    "page", ["docs/checks.md", "docs/existing-project.md", "docs/simulators.md", "docs/tutorial.md", "README.md"]
)
def test_contracts_in_a_page_have_no_fault(page: str) -> None:
    blocks = re.findall(r"```yaml\n(?:# .*\n)?(type: synth_assets.*?)```", (_ROOT / page).read_text(), re.DOTALL)
    assert blocks
    assert [str(fault) for block in blocks for fault in faults_of(block, page)] == []


def test_the_contract_with_gates_asks_what_can_be_measured() -> None:
    (block,) = re.findall(r"```yaml\n(type: synth_assets.*?)```", (_ROOT / "docs/checks.md").read_text(), re.DOTALL)
    contract = parse_contract(block, "docs/checks.md")
    assert contract.gates
    assert contract.privacy.holdout
    assert list(gate_faults(contract)) == []


def test_every_figure_that_can_be_measured_stands_in_the_table_of_checks() -> None:
    text = (_ROOT / "docs/checks.md").read_text()
    assert [family for family in METRICS if not re.search(rf"^\| `{family}[`.]", text, re.MULTILINE)] == []


def test_the_contract_in_the_readme_is_the_one_in_the_project() -> None:
    (block,) = re.findall(r"```yaml\n(type: synth_assets.*?)```", (_ROOT / "README.md").read_text(), re.DOTALL)
    file = _ROOT / "dagster_project" / "defs" / "minimal" / "defs.yaml"
    assert parse_contract(block, "README.md") == parse_contract(file.read_text(), str(file))


def test_the_way_in_python_in_the_readme_is_the_one_that_runs() -> None:
    blocks = re.findall(r"```pycon\n(.*?)```", (_ROOT / "README.md").read_text(), re.DOTALL)
    shown, runs = (
        [(example.source, example.want) for text in texts for example in doctest.DocTestParser().get_examples(text)]
        for texts in (blocks, [synth_assets.__doc__ or ""])
    )
    assert shown == runs


def test_every_decision_is_listed() -> None:
    folder = _ROOT / "docs" / "adr"
    listed = (folder / "README.md").read_text()
    assert [path.name for path in folder.glob("[0-9]*.md") if f"]({path.name})" not in listed] == []


def test_hooks_are_local_so_that_a_commit_needs_no_network() -> None:
    hooks = yaml.safe_load((_ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    assert {hook["language"] for repo in hooks["repos"] for hook in repo["hooks"]} == {"system"}


def test_what_an_auditor_installs_is_named_without_an_address() -> None:
    lines = (_ROOT / "requirements-verify.txt").read_text().splitlines()
    pattern = r"#.*|[A-Za-z0-9_-]+([<>]=?[0-9.]+(,<[0-9.]+)?)?"
    assert [line for line in lines if not re.fullmatch(pattern, line) or "://" in line] == []


def test_constraints_are_names_and_versions_alone() -> None:
    lines = [line for line in (_ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
    assert lines == sorted(lines, key=lambda line: re.sub(r"[-_.]+", "-", line.split("==")[0]).lower())
    assert "torch==2.13.0" in lines
