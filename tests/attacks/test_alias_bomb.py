"""Attack: propose a contract of a few lines that expands to billions of values, so that checking it never ends.

YAML's aliases may contain aliases. A pull request with such a ``hierarchy`` took all
memory of the machine that ran ``contract check`` on it; deep nesting alone had the same
effect. Each text is read by a process with little time and memory.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS, MEMORY = 60, 2 << 30
HEAD = """\
name: people
purpose: Tests.
source: census
privacy: {{unit: rows, spend: {{epsilon: 1.0, delta: 1.0e-6}}}}
columns:
  age: {{type: integer, min: 0, max: 9, domain_source: made up}}
  city: {{type: categorical, domain_source: made up, {city}}}
{rest}
"""


def doubled(first: str, wrap: str, *, levels: int = 40) -> str:
    """Return YAML aliases that double at each level: ``first``, 2 to the power of ``levels`` times."""
    text = f"&n0 {first}"
    for level in range(1, levels):
        text = f"&n{level} " + wrap.format(inner=text, again=f"*n{level - 1}")
    return text


BOMBS = {
    "hierarchy of mappings": HEAD.format(
        city=f"hierarchy: {doubled('[a]', '{{x: {inner}, y: {again}}}', levels=28)}", rest=""
    ),
    "hierarchy beside its list": HEAD.format(
        city=f"categories: [a], hierarchy: {doubled('[a]', '{{x: {inner}, y: {again}}}', levels=28)}", rest=""
    ),
    "lists": HEAD.format(city=f"categories: {doubled('[a]', '[{inner}, {again}]')}", rest=""),
    "merged keys": HEAD.format(
        city="categories: [a]",
        rest="derived: " + doubled("{k: v}", "{{<<: [{inner}, {again}]}}", levels=30),
    ),
    "of no key at all": HEAD.format(city="categories: [a]", rest="more: " + doubled("[a]", "[{inner}, {again}]")),
    "nested lists": HEAD.format(city="categories: [a]", rest=f"more: {'[' * 200_000}"),
    "nested mappings": HEAD.format(city="categories: [a]", rest="more: " + "{a: " * 20_000 + "}" * 20_000),
    "a long number": HEAD.format(city="categories: [a]", rest="rows: " + "59:" * 400_000 + "1"),
    "a large file": HEAD.format(city="categories: [a]", rest="# " + "x" * (16 << 20)),
    "a long expression": HEAD.format(
        city="categories: [a]", rest=f"rules: {{r: 'age IN ({','.join(map(str, range(200_000)))})'}}"
    ),
}


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.parametrize("name", BOMBS)
def test_a_text_that_stands_for_too_much_is_refused_soon_and_in_little_memory(name: str, tmp_path: Path) -> None:
    file = tmp_path / "defs.yaml"
    file.write_text(BOMBS[name])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "synth_assets", "contract", "check", str(file)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
            preexec_fn=limited,
        )
    except subprocess.TimeoutExpired:
        pytest.fail(f"it was still reading after {SECONDS} seconds")
    assert done.returncode == 2, done.stdout[-300:] + done.stderr[-300:]
    assert "Traceback" not in done.stderr
    assert "defs.yaml:" in done.stdout


def test_an_honest_contract_with_aliases_is_read(tmp_path: Path) -> None:
    file = tmp_path / "defs.yaml"
    file.write_text(HEAD.format(city="categories: &cities [a, b], null_tokens: &none ['-']", rest="focus: [age]"))
    done = subprocess.run(
        [sys.executable, "-m", "synth_assets", "contract", "check", str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=tmp_path,  # a checkout in which the demo ran has a ledger that does not know this source
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
