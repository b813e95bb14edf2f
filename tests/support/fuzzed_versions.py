"""Verify mutated versions in this process, and watch what the verification does: ``python fuzzed_versions.py``.

An audit hook sees every import, every opening of a file for writing, every command
and every connection while a verification runs; address space is limited; a
verification that hangs ends the process. What came of each mutation is written as JSON.
"""

import faulthandler
import json
import pkgutil
import random
import re
import resource
import shutil
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from mutated_digests import DEPTHS, WEIGHTS, reseal
from mutations import Files, Mutation, Odd, is_json, mutate, parsed, read_version, write_version

import synth_assets
from synth_assets.audit import Claim, Status, exit_code, verify_bundle
from synth_assets.audit.lineage import provenance
from synth_assets.audit.verify.case import Case
from synth_assets.audit.verify.files import rendered_again
from synth_assets.contract import DatasetContract
from synth_assets.files import json_bytes

MOST_MEMORY = 3 << 30
"""Address space beyond what the process has before the first mutation."""
MOST_SECONDS = 120
IDENTITY = ("dataset", "contract", "release", "generator", "candidate", "evidence")
_SCIPY = "scipy/stats/_distn_infrastructure.py"
"""It makes the signatures of its distributions by ``exec`` when the second accountant asks for a normal one."""
_WRITING = 0o3 | 0o100 | 0o1000 | 0o2000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND
_FORBIDDEN = re.compile(
    r"import|exec|compile|ctypes\..*|os\.(system|exec|fork|posix_spawn|spawn|remove|rename|mkdir|rmdir|link|symlink|chmod"
    r"|chown|truncate|utime|putenv|kill)|subprocess\.Popen|socket\..*|shutil\..*|pickle\.find_class|tempfile\..*|urllib.*"
)


@dataclass
class Watch:
    """What happened while a verification ran."""

    on: bool = False
    seen: list[str] = field(default_factory=list)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note what no verification may do."""
        if not self.on:
            return
        if event == "open":
            mode, flags = arguments[1], arguments[2]
            writing = (isinstance(mode, str) and set(mode) & set("wax+")) or (
                isinstance(flags, int) and flags & _WRITING
            )
            if writing:
                self.seen.append(f"open for writing: {arguments[0]!r}")
        elif _FORBIDDEN.fullmatch(event) and not (event in ("exec", "compile") and _called_from(_SCIPY)):
            self.seen.append(f"{event}: {str(arguments[0])[:80] if arguments else ''}")


def _called_from(file: str) -> bool:
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename == "<string>":
        frame = frame.f_back
    return frame.f_code.co_filename.endswith(file)


@dataclass
class Outcome:
    """What came of one mutation."""

    number: int
    kind: str
    depth: str
    changes: list[str]
    altered: bool
    code: int
    failed: list[str]
    seen: list[str]
    seconds: float


def load_everything() -> None:
    """Import whatever a verification may use, so that any further import is an event."""
    for module in pkgutil.walk_packages(synth_assets.__path__, "synth_assets."):
        if module.name.split(".")[1] not in ("cli", "integrations", "__main__") and "migrations" not in module.name:
            import_module(module.name)
    for name in ("dp_accounting.pld", "opendp.prelude", "polars", "sqlglot", "jinja2", "encodings.idna", "zoneinfo"):
        import_module(name)


# -- what a mutation means ----------------------------------------------------------------------------------------


def changes_of(original: Files, mutation: Mutation, final: Files) -> list[str]:
    """Return in what a version means something else once digests were rewritten, as patterns of file and path.

    Only files that the mutation touched count: what changed in others follows from it. A
    mutation that the rewriting undid, or that changed the layout of JSON alone, changed nothing.
    """
    before, after = ({_key(name): content for name, content in files.items()} for files in (original, final))
    changes: set[str] = set()
    for name in map(_key, mutation.touched):
        old, new = before.get(name), after.get(name)
        if old != new:
            changes |= {f"{_general(name)}: {difference}" for difference in _differences(name, old, new)}
    return sorted(changes)


def _key(name: str) -> str:
    return re.sub(r"release/[0-9a-f]{64}/", "release/<digest>/", name)


def _differences(name: str, old: Any, new: Any) -> Iterator[str]:
    if old is None or new is None:
        yield "added" if old is None else "missing"
    elif isinstance(new, Odd):
        yield new.kind
    elif is_json(name):
        yield from _json_differences(name, old, new)
    elif name.endswith(".parquet"):
        yield _table_difference(old, new)
    else:
        yield "bytes"


def _json_differences(name: str, old: bytes, new: bytes) -> Iterator[str]:
    try:
        if _has_key_twice(new):
            yield "a key twice"
        if name.endswith("contract.json") and _same_contract(old, new):
            return
        yield from _value_differences(parsed(name, old), parsed(name, new), "")
    except ValueError:
        yield "not JSON"


def _same_contract(old: bytes, new: bytes) -> bool:
    """Return whether two contracts are the same: a key at its default may be left out."""
    try:
        before, after = (DatasetContract.model_validate_json(content) for content in (old, new))
    except ValueError:
        return False
    return before.digest() == after.digest() and list(before.columns) == list(after.columns)


def _has_key_twice(content: bytes) -> bool:
    twice: list[bool] = []

    def note(pairs: list[tuple[str, Any]]) -> None:
        twice.append(len({key for key, _ in pairs}) != len(pairs))

    for line in content.splitlines() if content.count(b"\n{") > 1 and content.startswith(b'{"') else [content]:
        try:
            json.loads(line, object_pairs_hook=note)
        except (ValueError, RecursionError):
            continue
    return any(twice)


def _value_differences(old: Any, new: Any, path: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys(), key=str):
            inner = f"{path}.{_general(str(key)) if key in old else '*'}"
            if key not in old or key not in new:
                yield inner
            else:
                yield from _value_differences(old[key], new[key], inner)
        if list(old) != list(new) and old.keys() == new.keys() and path.startswith(".columns"):
            yield f"{path} order"
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            yield from _value_differences(before, after, f"{path}[]")
    elif type(old) is not type(new) or old != new:
        yield path or "all"


def _table_difference(old: bytes, new: bytes) -> str:
    try:
        before, after = pq.read_table(BytesIO(old)), pq.read_table(BytesIO(new))
        return "form" if before.schema.equals(after.schema) and before.equals(after) else "rows"
    except Exception:  # noqa: BLE001 - the mutated file may be anything
        return "not Parquet"


def _general(name: str) -> str:
    name = re.sub(r"[0-9a-f]{64}", "<digest>", name)
    return re.sub(r"checks/[^/]+\.json", "checks/*.json", name)


# -- the run ------------------------------------------------------------------------------------------------------


class Fuzzer:
    """Mutates versions, verifies them and watches.

    Args:
        versions: folders of good versions.
        scratch: an empty folder.
        seed: decides all mutations, with their numbers.
    """

    def __init__(self, versions: list[Path], scratch: Path, *, seed: int) -> None:
        self.originals = [read_version(version) for version in versions]
        self.folder, self.outside, self.seed = scratch / "version", scratch / "outside.json", seed
        self.outside.write_text("{}")
        self.watch = Watch()

    def outcome(self, number: int) -> Outcome:
        """Make, verify and judge one mutation."""
        draw = random.Random(f"{self.seed} {number}")  # noqa: S311 - a seed that makes a red run red again
        original = self.originals[number % len(self.originals)]
        mutation, depth = mutate(original, draw), draw.choices(DEPTHS, WEIGHTS)[0]
        final = self._write(reseal(mutation, depth))
        if depth == DEPTHS[-1]:
            final = self._rewrite(final)
        claims, events, seconds = self._verified()
        return Outcome(
            number=number,
            kind=mutation.kind,
            depth=depth,
            changes=changes_of(original, mutation, final),
            altered=original != final,
            code=exit_code(claims),
            failed=[claim.name for claim in claims if claim.status is Status.FAILED],
            seen=events,
            seconds=seconds,
        )

    def _verified(self) -> tuple[list[Claim], list[str], float]:
        before, self.watch.seen, began = set(sys.modules), [], time.perf_counter()
        faulthandler.dump_traceback_later(MOST_SECONDS, exit=True)
        self.watch.on = True
        claims = verify_bundle(self.folder)
        self.watch.on = False
        faulthandler.cancel_dump_traceback_later()
        new = sorted(f"new module: {name}" for name in set(sys.modules) - before)
        return claims, [*self.watch.seen, *new], time.perf_counter() - began

    def _write(self, files: Files) -> Files:
        shutil.rmtree(self.folder, ignore_errors=True)
        write_version(files, self.folder, outside=self.outside)
        return files

    def _rewrite(self, files: Files) -> Files:
        """Write anew what follows from the other files, as far as it can be made; then the manifest over it."""
        try:
            rewrite_what_follows(self.folder)
        except Exception:  # noqa: BLE001 - then it stays as it is
            return files
        fresh = {
            name: content if isinstance(content, Odd) else (self.folder / name).read_bytes()
            for name, content in files.items()
        }
        return self._write(reseal(Mutation("", fresh, set()), DEPTHS[2]))


def rewrite_what_follows(folder: Path) -> None:
    """Write statement, lineage and report anew over what a version holds."""
    case = Case(bundle=folder / "bundle", data=folder / "data")
    identity = {word: str(case.manifest[word]) for word in IDENTITY}
    makers = {
        "privacy.json": lambda: json_bytes(case.statement),
        "prov.json": lambda: json_bytes(
            provenance(identity, release=case.release, data=case.manifest["data"], owners=case.contract.owners)
        ),
        "report.html": lambda: rendered_again(case),
    }
    for name, make in makers.items():
        try:
            content = make()
        except Exception:  # noqa: BLE001, S112 - what cannot be made stays as it is
            continue
        if (case.bundle / name).is_file() and not (case.bundle / name).is_symlink():
            (case.bundle / name).write_bytes(content)


def run(versions: list[Path], scratch: Path, *, seed: int, numbers: range) -> dict[str, Any]:
    """Verify the mutations of these numbers; return what came of each."""
    warnings.simplefilter("ignore")
    load_everything()
    for version in versions:
        failed = [str(claim) for claim in verify_bundle(version) if claim.status is Status.FAILED]
        assert not failed, failed
    fuzzer = Fuzzer(versions, scratch, seed=seed)
    sys.addaudithook(fuzzer.watch)
    Path("/proc/self/clear_refs").write_text("5")  # from here on the peak is that of the verifications
    used, size = _kilobytes("VmRSS"), _kilobytes("VmSize") << 10
    resource.setrlimit(resource.RLIMIT_AS, (size + MOST_MEMORY, size + MOST_MEMORY))
    outcomes = [asdict(fuzzer.outcome(number)) for number in numbers]
    return {"outcomes": outcomes, "grown": (_kilobytes("VmHWM") - used) << 10}


def _kilobytes(word: str) -> int:
    """Return a size of this process as the system counts it."""
    (size,) = re.findall(rf"^{word}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(size)


if __name__ == "__main__":
    *names, where, seed_, start, stop, step, target = sys.argv[1:]
    drawn = range(int(start), int(stop), int(step))
    outcomes = run([Path(name) for name in names], Path(where), seed=int(seed_), numbers=drawn)
    Path(target).write_text(json.dumps(outcomes))
