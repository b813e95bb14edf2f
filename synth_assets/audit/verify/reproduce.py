"""Claims about where rows and questions came from: sampled again from the weights, and models fitted again.

Sampling is a function of weights, seed and library versions, so the same bytes
come out, and anybody who holds the bundle can see that they do. Without it,
other rows that are as close to the release would pass every claim. Fitting is
repeatable on one kind of processor only, so a difference there proves nothing.

The weights come out of the bundle and are checked before use, see
``generator.foreign``. As many rows are sampled as the data has, and no more.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import ValidationError

from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.claims import Claim, attested, judged, missing, not_checkable, verified
from synth_assets.candidate import LIBRARIES, Candidate, Order, as_drawn, total_drawn, write_shard
from synth_assets.errors import UsageError
from synth_assets.files import canonical_json, sha256_bytes
from synth_assets.generator import Generator, generator_class
from synth_assets.generator.kinds import code_of
from synth_assets.generator.store import fit_unsaved

__all__ = ["VERIFIERS", "sampled_again"]

_SAMPLED, _FITTED, _ASKED = "sampled rows", "fitted weights", "measured questions"
_NOT_HERE = "none"


def _sampled(case: Case) -> Claim:
    """Sample every shard again and compare its bytes with the file."""
    return sampled_again(_SAMPLED, case, _order)


def _order(case: Case) -> Order:
    generator, table = case.generator, case.candidate
    return Order(
        contract=case.contract,
        open_sampler=lambda: generator,
        seed=table.seed,
        rows=table.rows,
        shaping=table.shaping,
    )


def sampled_again(claim: str, case: Case, order_of: Callable[[Case], Order]) -> Claim:
    """Sample every shard of a case again by an order, and compare its bytes with the file.

    Args:
        claim: the claim's name.
        case: of the whole table, or of a scenario.
        order_of: returns what determines the rows; called only if all is there.
    """
    if not case.reproduce:
        word = "--reproduce samples the rows again from the weights and the seed, and compares the bytes"
        return not_checkable(claim, word)
    if fault := _missing(case):
        return missing(claim, fault)
    if case.counts.rows != case.candidate.rows:
        return judged(claim, ["the data has other rows than the candidate's manifest says"], "")
    order = order_of(case)
    faults = [] if len(order.sizes()) == len(case.candidate.shards) else ["the rows lie in other shards"]
    faults += faults or _faults_of_shards(order, case.candidate)
    others = _other_libraries(case.candidate.libraries, LIBRARIES)
    if faults and others:
        return missing(claim, f"other bytes, but other libraries too: {others}")
    if faults and not case.generator.portable:
        word = "other bytes, but such a generator gives the same ones on processors of one kind only"
        return missing(claim, f"{word}: sample again on one like that of the version")
    count = len(case.candidate.shards)
    good = f"{count} shards come out again, byte for byte, from the weights in the bundle and seed {order.seed}"
    return judged(claim, faults, good)


def _missing(case: Case) -> str:
    """Say what is not there to sample again with; empty when all is."""
    if case.data is None:
        return "the Parquet files are not beside the bundle: give --data"
    if not (case.bundle / "generator").is_dir():
        return "the bundle does not carry the generator's weights: an older version made it"
    if fault := _unknown_kind(case) or _other_code(case):
        return fault
    if case.candidate.where and not case.scenario:
        return f"the candidate was sampled under a condition, {case.candidate.where!r}"
    return ""


def _unknown_kind(case: Case) -> str:
    """Say why the kind of the generator cannot be had here; empty when it can."""
    try:
        generator_class(str(case.read("generator.json").get("kind")))
    except UsageError as error:
        return f"{error.message}: install the package that brings this kind"
    return ""


def _other_code(case: Case) -> str:
    """Say which code that rows are drawn by is not here, or is another one; empty if all is as it was."""
    facts = case.read("generator.json")
    try:
        here = code_of(generator_class(str(facts.get("kind"))), facts.get("options"))
    except UsageError as error:
        return f"{error.message}: install the package that brings it"
    except ValidationError as error:
        return f"the options of the generator are none that its kind has here: {error.errors()[0]['msg']}"
    there = facts.get("code")
    others = sorted(what for what in here if not isinstance(there, Mapping) or here[what] != there.get(what))
    return f"{others[0]} has other code here than where the version was made" if others else ""


def _faults_of_shards(order: Order, candidate: Candidate) -> list[str]:
    """Say how shards, and what rules changed in them, differ from what is sampled here."""
    faults, changed = [], []
    for index, shard in enumerate(candidate.shards):
        sink = io.BytesIO()
        kept = write_shard(order, index, sink=sink)
        if (sha256_bytes(sink.getvalue()), kept.drawn) != (shard.digest, shard.drawn):
            faults.append(f"{shard.name} holds other rows than the generator gives with seed {order.seed}")
        elif candidate.as_drawn is not None:  # older manifests say nothing of it
            changed.append(as_drawn(order, index, violations=kept.violations))
    if not faults and total_drawn(changed) != candidate.as_drawn:
        faults.append("rules changed other numbers of rows than the candidate's manifest says")
    return faults


def _fitted(case: Case) -> Claim:
    """Fit the generator again and compare the bytes of its files."""
    if not case.refit:
        word = "that the weights were fitted to the release, and to nothing else, is the operator's word"
        return attested(_FITTED, f"{word}; --refit fits them again")
    facts = case.read("generator.json")
    if fault := _unknown_kind(case) or _other_code(case):
        return missing(_FITTED, fault)
    kind = generator_class(facts["kind"])
    if absent := [name for name in kind.libraries if _version(name) == _NOT_HERE]:
        return missing(_FITTED, f"fitting takes {' and '.join(absent)}, which is not installed here")
    if why := _fitted_otherwise(facts, kind):
        return missing(_FITTED, f"a fit here would not give the same bytes: {why}")
    generator = fit_unsaved(case.release, kind=facts["kind"], options=facts.get("options"), seed=facts["seed"])
    digests = {name: sha256_bytes(content) for name, content in generator.contents().items()}
    if digests != facts["files"]:
        return missing(
            _FITTED, "a fit here gives other weights: they were fitted to something else, or on another processor"
        )
    return verified(_FITTED, f"a fit to the release, with seed {facts['seed']}, gives the same weights, byte for byte")


def _fitted_otherwise(facts: Mapping[str, Any], kind: type[Generator]) -> str:
    """Say what decided the fit of a bundle and is not the same here; empty when nothing is."""
    if facts["method"] != kind.method:
        return (
            f"method {facts['method']} of {kind.kind} fitted it, and this version of synth-assets has method "
            f"{kind.method}; verify with the version that wrote the bundle"
        )
    if facts["device"] != "cpu":
        return f"it was fitted on {facts['device']}"
    return _other_libraries(facts["libraries"], kind.libraries)


def _asked(case: Case) -> Claim:
    """Fit the models of the gates again and compare what would be asked with what was."""
    if case.evaluation is None:
        return judged(
            _ASKED, [f"nothing was asked for gate {gate!r}" for gate in case.contract.gates], "there are none"
        )
    if not case.refit:
        word = "that models were fitted to exactly this candidate, and questions made of them, is the operator's word"
        return attested(_ASKED, f"{word}; --refit fits them again")
    if case.data is None:
        return missing(_ASKED, "the Parquet files are not beside the bundle: give --data")
    from synth_assets.evaluation.ground import Ground
    from synth_assets.evaluation.questions import pose

    asked, questions = pose(Ground(case.contract, case.release, case.candidate))
    here = Counter(
        (part, query.kind, canonical_json(query.descriptor()))
        for part, queries in questions.items()
        for query in queries
    )
    there = Counter(
        (part, answer.kind, canonical_json(answer.descriptor))
        for part, release in case.evaluation.answers.items()
        for answer in release.answers
    )
    facts = {name: canonical_json(one.facts) for name, one in asked.items()}
    stored = {name: canonical_json(measured.facts) for name, measured in case.evaluation.gates.items()}
    if here != there or any(stored.get(name) != fact for name, fact in facts.items()):
        return missing(_ASKED, "other questions are made here: of another candidate, or by other libraries")
    return verified(_ASKED, f"models fitted to this candidate again lead to the same {here.total()} questions")


def _other_libraries(there: Mapping[str, Any], deciding: Iterable[str]) -> str:
    """Say which of the libraries that decide the bytes has another version here; empty when none has."""
    here = {name: _version(name) for name in deciding}
    differing = [name for name in here if there.get(name, here[name]) != here[name]]
    return ", ".join(f"{name} {there[name]} there, {here[name]} here" for name in differing)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return _NOT_HERE


VERIFIERS: tuple[tuple[str, Callable[[Case], Claim]], ...] = (
    (_SAMPLED, _sampled),
    (_FITTED, _fitted),
    (_ASKED, _asked),
)
