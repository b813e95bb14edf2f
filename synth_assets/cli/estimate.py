"""``estimate CONTRACT COLUMNS...``: counts, shares and means with error bars; free, no row is read."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synth_assets.cli.contracts import contract_argument, read_contract
from synth_assets.cli.fitted import bundle_of, fitted_for, generator_option
from synth_assets.cli.output import json_option, print_csv, print_json, print_table, progress
from synth_assets.cli.terminal import echo
from synth_assets.errors import UsageError, naming_missing
from synth_assets.files import sha256_file
from synth_assets.workspace import Workspace

if TYPE_CHECKING:
    from synth_assets.contract.lookup import Lookup
    from synth_assets.generator import Estimate, Generator, Interval
    from synth_assets.release import Release

__all__ = ["estimate"]

COVERAGE = {"released": (0.92, 1.0), "model": (0.92, 1.0), "real": (0.83, 1.0)}
"""Lowest and highest share of intervals that held the truth in `benchmarks/coverage.py`, over kinds of statistics."""


@click.command()
@contract_argument
@click.argument("columns", nargs=-1)
@click.option("--where", default="", help="Only rows of which this is true.")
@click.option("--mean", metavar="COLUMN", help="Mean of a column instead of counts.")
@click.option("--share", metavar="CONDITION", help="Share of the rows of which this is true.")
@click.option("--shares", is_flag=True, help="Shares of all rows instead of counts.")
@click.option("--level", default=0.95, show_default=True, type=click.FloatRange(0, 1, min_open=True, max_open=True))
@click.option("--refits", default=20, show_default=True, type=click.IntRange(min=0), help="0: released tables alone.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Seed of the refits.")
@generator_option
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values for a spreadsheet.")
@json_option
def estimate(  # noqa: PLR0913 - one parameter per option
    *,
    contract: Path,
    columns: tuple[str, ...],
    where: str,
    mean: str | None,
    share: str | None,
    shares: bool,
    level: float,
    refits: int,
    seed: int,
    digest: str | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Estimate counts, shares or means by COLUMNS that were measured together, with intervals.

    CONTRACT is a contract of this project, or the folder of a version, which carries its own release.
    """
    from synth_assets.generator import estimate as both

    release, fitted, generator, derived = _asked(contract, digest=digest, refits=refits)
    _refuse_derived([*columns, where, mean or "", share or ""], derived)
    question: dict[str, Any] = {"by": columns, "where": where, "mean": mean, "share": share, "shares": shares}
    with naming_missing("`estimate` with refits", hint="--refits 0 asks the released tables alone"):
        answer = both(
            release, **question, generator=generator, level=level, refits=refits, seed=seed, progress=progress
        )
    rows = list(_rows(answer))
    if as_json:
        print_json(_as_json(answer, rows, level=level, refits=refits, release=release.digest, generator=fitted))
    elif as_csv:
        print_csv(rows)
    else:
        _show(answer, rows, level=level, refits=refits)


def _asked(
    path: Path, *, digest: str | None, refits: int
) -> "tuple[Release, str, Generator | None, Mapping[str, str | Lookup]]":
    """Return the release that is asked, the generator's digest, itself where refits need it, and derived columns."""
    from synth_assets.generator import load_generator

    case = bundle_of(path)
    if case is None:
        contract = read_contract(path)
        fitted, release = fitted_for(contract, Workspace.current(), digest=digest)
        return release, fitted.digest, load_generator(fitted.folder) if refits else None, contract.derived
    if digest is not None:
        raise UsageError("a version has one generator, its own", hint="leave --generator out, or name a contract")
    digest = sha256_file(case.path("generator.json"))
    return case.release, digest, case.generator if refits else None, case.contract.derived


def _refuse_derived(texts: Sequence[str], derived: "Mapping[str, str | Lookup]") -> None:
    """Refuse what reads a derived column, which was not measured, and say what that column is."""
    from synth_assets.domain.expressions import columns_in

    for text in texts:
        for name in (text, *columns_in(text)):
            how = derived.get(name)
            if how is not None:
                what = f"it is `{how}`" if isinstance(how, str) else f"it is {how.described()}"
                raise UsageError(
                    f"`{text}` reads {name!r}, which is derived, and estimates are about measured columns",
                    hint=f"{what}: ask about the columns that it reads",
                )


def _rows(answer: "Estimate") -> Iterator[dict[str, Any]]:
    """Yield one row per cell: its groups, then both estimates with their bounds."""
    statistic = answer.statistic
    for cell in product(*(range(len(names)) for names in statistic.names)):
        row: dict[str, Any] = {
            name: texts[code] for name, texts, code in zip(statistic.by, statistic.names, cell, strict=True)
        }
        for kind, interval in _parts(answer).items():
            row |= _numbers(kind, interval, cell, bounds=statistic.bounds)
        yield row


def _parts(answer: "Estimate") -> "dict[str, Interval]":
    return {"released": answer.released} | ({"synthetic": answer.synthetic} if answer.synthetic else {})


def _numbers(
    kind: str, interval: "Interval", cell: tuple[int, ...], *, bounds: tuple[float, float]
) -> Iterator[tuple[str, float | None]]:
    """Yield an estimate and its bounds, which are possible values; noise may have taken the estimate past them."""
    for key, values in ((kind, interval.estimate), (f"{kind}_low", interval.low), (f"{kind}_high", interval.high)):
        value = float(values[cell])
        yield key, min(max(value, bounds[0]), bounds[1]) if math.isfinite(value) else None


def _is_moved(answer: "Estimate") -> bool:
    """Tell whether an estimate is shown as the nearest possible value."""
    least, most = answer.statistic.bounds
    return any(bool(((part.estimate < least) | (part.estimate > most)).any()) for part in _parts(answer).values())


def _as_json(answer: "Estimate", rows: list[dict[str, Any]], **facts: Any) -> dict[str, Any]:
    statistic = answer.statistic
    return {
        "statistic": statistic.text,
        "attributes": list(statistic.attributes),
        "values_inside_groups": statistic.inside,
        "rows": rows,
        "covered": _notes(answer, refits=facts["refits"], level=facts["level"]),
        **facts,
    }


def _show(answer: "Estimate", rows: list[dict[str, Any]], *, level: float, refits: int) -> None:
    echo(answer.statistic.text, bold=True)
    by = list(answer.statistic.by)
    kinds = ["released", "synthetic"] if answer.synthetic else ["released"]
    head = [*by, *(word for kind in kinds for word in (kind, f"{level:g} interval"))]
    texts = [
        [*(row[name] for name in by), *(text for kind in kinds for text in _shown(row, kind, answer.statistic.kind))]
        for row in rows
    ]
    print_table(head, texts)
    echo()
    for note in _notes(answer, refits=refits, level=level):
        echo(note)


def _shown(row: dict[str, Any], kind: str, what: str) -> tuple[str, str]:
    return _text(row[kind], what), f"{_text(row[f'{kind}_low'], what)} .. {_text(row[f'{kind}_high'], what)}"


def _text(value: float | None, what: str) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if what == "count" else f"{value:.4f}" if what == "share" else f"{value:,.5g}"


def _notes(answer: "Estimate", *, refits: int, level: float) -> list[str]:
    """Say what the intervals cover, how often they did, and what they do not cover."""
    notes = [_RELEASED.format(level=level, held=_percent(COVERAGE["released"]))]
    if answer.synthetic is not None:
        model, real = _percent(COVERAGE["model"]), _percent(COVERAGE["real"])
        notes.append(_SYNTHETIC.format(refits=refits, model=model, real=real))
    notes += [_MOVED] if _is_moved(answer) else []
    return [*notes, *([_INSIDE] if answer.statistic.inside else []), _NOT_COVERED]


_RELEASED = """\
released: from the noisy tables alone, without a model; {level:.0%} of such intervals hold what the real table says
  (measured at 95%: {held})"""
_SYNTHETIC = """\
synthetic: by the model; how far it would move if the noise were drawn again, by {refits} refits. The model's own bias
  is not in it (measured at 95%: it held the model's own truth in {model}, the real table's in {real})"""
_MOVED = """\
noise takes some estimates where none can be, such as below 0: the nearest possible value is shown, which needs no
  private row. Do not add many such counts up, they are too large together: ask for their sum with --where"""
_INSIDE = "values inside a group are taken to lie as in the whole table: they were not measured with other columns"
_NOT_COVERED = (
    "not covered: who is in the table at all, rows beyond max_rows, values cut to the domain, drawing of synthetic\n"
    "  rows, and rules. Figures: benchmarks/coverage.py, shown in docs/benchmarks.md"
)


def _percent(span: tuple[float, float]) -> str:
    return f"{100 * span[0]:.0f} to {100 * span[1]:.0f}%"
