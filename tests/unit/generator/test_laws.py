"""The laws of generators, held against every kind that is installed, and against one of another package.

A new kind of this package is tested here without another line.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from kit.fast_kinds import FAST
from toy_generator import on_path

from synth_assets.contract.generator import GENERATORS, NEEDING_OPTIONS, Options
from synth_assets.domain import Domain
from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import sha256_bytes, sha256_file
from synth_assets.generator import FittedGenerator, Generator, find_generator, fit_generator, load_generator
from synth_assets.generator.foreign import read_foreign
from synth_assets.generator.kinds import generator_class, make_generator
from synth_assets.release import Release
from synth_assets.release.kinds import KINDS as ANSWERS

KINDS = (*GENERATORS.built_in, "toy")
_SAMPLE = """
import sys
from pathlib import Path
from synth_assets.generator import load_generator
from synth_assets.files import sha256_bytes
import pyarrow as pa, io
batch = load_generator(Path(sys.argv[1])).sample(300, seed=4, shard=3)
sink = io.BytesIO()
with pa.ipc.new_stream(sink, batch.schema) as stream:
    stream.write_batch(batch)
print(sha256_bytes(sink.getvalue()), 'torch' in sys.modules)
"""


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A generator of some kind, as it was fitted, and where it was kept."""

    kind: str
    generator: Generator
    stored: FittedGenerator


@pytest.fixture(scope="module", params=KINDS)
def fitted(
    request: pytest.FixtureRequest,
    release: Release,
    toy_package: Path,
    simulators: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Fitted]:
    with on_path(toy_package), on_path(simulators):
        generator = make_generator(request.param, options=FAST.get(request.param))
        generator.fit(release, seed=2)
        folder = tmp_path_factory.mktemp("generators")
        stored = fit_generator(release, kind=request.param, options=FAST.get(request.param), seed=2, generators=folder)
        yield Fitted(kind=request.param, generator=generator, stored=stored)


def _digest(batch: pa.RecordBatch) -> str:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return sha256_bytes(sink.getvalue())


def test_a_kind_declares_what_it_is_what_it_reads_and_what_decides_its_fits(fitted: Fitted) -> None:
    kind = generator_class(fitted.kind)
    assert kind.kind == fitted.kind
    assert kind.reads <= ANSWERS.keys()
    assert issubclass(kind.options, Options)
    assert kind.libraries
    assert kind.method >= 1


def test_our_own_kinds_need_no_option_unless_nothing_can_be_fitted_without() -> None:
    for name in GENERATORS.built_in.keys() - NEEDING_OPTIONS:
        generator_class(name).options.model_validate({})
    for name in NEEDING_OPTIONS:
        with pytest.raises(UsageError, match="is missing"):
            make_generator(name)


def test_the_same_release_and_seed_give_the_same_bytes_and_another_seed_does_not(
    fitted: Fitted, release: Release
) -> None:
    description = json.loads((fitted.stored.folder / "generator.json").read_text())
    again = {name: sha256_bytes(content) for name, content in fitted.generator.contents().items()}
    assert again == description["files"]
    reseeded = make_generator(fitted.kind, options=FAST.get(fitted.kind))
    reseeded.fit(release, seed=3)
    assert reseeded.contents() != fitted.generator.contents()


def test_a_fit_sees_the_tables_and_not_who_they_are_of(fitted: Fitted, release: Release) -> None:
    others = {
        "dataset": "x",
        "source": "x",
        "version": "x",
        "fingerprint": "x",
        "reservation": "x",
        "privacy": {"x": 1},
    }
    assert {*others, "digest"} <= {field.name for field in fields(Release)}
    relabelled = make_generator(fitted.kind, options=FAST.get(fitted.kind))
    relabelled.fit(replace(release, **others, digest="cd" * 32), seed=2)
    assert relabelled.contents() == fitted.generator.contents()


def test_any_shard_can_be_drawn_in_any_order_and_is_not_another(fitted: Fitted) -> None:
    forward = [_digest(fitted.generator.sample(200, seed=1, shard=shard)) for shard in range(3)]
    again = load_generator(fitted.stored.folder)
    backward = [_digest(again.sample(200, seed=1, shard=shard)) for shard in reversed(range(3))]
    assert forward == backward[::-1]
    assert len(set(forward)) == 3
    others = [{"seed": 2, "shard": 0}, {"seed": 1, "shard": 0, "attempt": 1}]
    assert not {_digest(fitted.generator.sample(200, **arguments)) for arguments in others} & set(forward)


def test_rows_are_as_many_as_were_asked_for_and_of_the_releases_columns(fitted: Fitted, release: Release) -> None:
    assert fitted.generator.domain == release.domain
    for rows in (0, 1, 100):
        batch = fitted.generator.sample(rows, seed=0, shard=0)
        assert batch.num_rows == rows
        assert batch.schema.equals(release.domain.arrow_schema())


def test_what_is_loaded_elsewhere_samples_the_same_bytes_without_torch(fitted: Fitted) -> None:
    command = [sys.executable, "-c", _SAMPLE, str(fitted.stored.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [_digest(fitted.generator.sample(300, seed=4, shard=3)), "False"]


def test_the_same_rows_come_out_on_another_processor(fitted: Fitted) -> None:
    command = [sys.executable, "-c", _SAMPLE, str(fitted.stored.folder)]
    for core in ("Prescott", "Haswell"):  # each adds up matrix products in an order of its own
        elsewhere = {**os.environ, "OPENBLAS_CORETYPE": core}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=elsewhere)
        assert done.stdout.split()[0] == _digest(fitted.generator.sample(300, seed=4, shard=3))
    assert fitted.generator.portable


def test_contents_are_safetensors_and_json_and_within_what_the_kind_declares(fitted: Fitted, release: Release) -> None:
    contents, largest = (
        fitted.generator.contents(),
        make_generator(fitted.kind, options=FAST.get(fitted.kind)).largest(release),
    )
    assert set(contents) == set(largest)
    for name, content in contents.items():
        assert len(content) <= largest[name]
        if name.endswith(".json"):
            json.loads(content)
        else:
            assert name.endswith(".safetensors")
            header = int.from_bytes(content[:8], "little")
            json.loads(content[8 : 8 + header])


def _described(fitted: Fitted, folder: Path) -> dict[str, Any]:
    files = {path.name: sha256_file(path) for path in folder.iterdir()}
    return {"kind": fitted.kind, "options": FAST.get(fitted.kind), "files": files}


def test_what_came_from_outside_is_read_where_it_is_of_the_release(
    fitted: Fitted, release: Release, tmp_path: Path
) -> None:
    for name, content in fitted.generator.contents().items():
        (tmp_path / name).write_bytes(content)
    generator = read_foreign(tmp_path, _described(fitted, tmp_path), release=release)
    assert generator.sample(50, seed=0, shard=0).equals(fitted.generator.sample(50, seed=0, shard=0))
    fewer = Domain(columns=release.domain.columns[:-1])
    narrower = replace(release, domain=fewer, grids={name: release.grids[name] for name in fewer.names})
    with pytest.raises(IntegrityError):
        read_foreign(tmp_path, _described(fitted, tmp_path), release=narrower)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"0", b"9"),
        lambda _: b"[]",
        lambda _: b'{"domain": {}, "shares": 3}',
    ],
    ids=["empty", "cut", "other numbers", "a list", "other facts"],
)
def test_foreign_files_that_are_not_of_a_fit_are_refused_although_their_digests_fit(
    fitted: Fitted, release: Release, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    contents = fitted.generator.contents()
    for altered in [name for name, content in contents.items() if change(content) != content]:
        for name, content in contents.items():
            (tmp_path / name).write_bytes(change(content) if name == altered else content)
        with pytest.raises(IntegrityError):
            read_foreign(tmp_path, _described(fitted, tmp_path), release=release)


def test_a_kept_generator_is_found_again_and_refused_when_altered(
    fitted: Fitted, release: Release, tmp_path: Path
) -> None:
    folder = fitted.stored.folder.parent
    again = fit_generator(
        release,
        kind=fitted.kind,
        options=FAST.get(fitted.kind),
        seed=2,
        generators=folder,
        progress=pytest.fail,
    )
    assert again == find_generator(again.folder) == fitted.stored
    for name in [*fitted.generator.contents(), "generator.json"]:
        copy = tmp_path / name / fitted.stored.digest
        copy.mkdir(parents=True)
        for path in fitted.stored.folder.iterdir():
            (copy / path.name).write_bytes(path.read_bytes() + (b" " if path.name == name else b""))
        with pytest.raises(IntegrityError, match="altered"):
            load_generator(copy)


def test_what_is_not_fitted_or_asked_of_a_device_that_is_not_there_is_refused(fitted: Fitted, release: Release) -> None:
    with pytest.raises(UsageError, match="not fitted"):
        make_generator(fitted.kind, options=FAST.get(fitted.kind)).sample(1, seed=0, shard=0)
    with pytest.raises(UsageError, match="moon"):
        make_generator(fitted.kind, options=FAST.get(fitted.kind)).fit(release, seed=0, device="moon")
