"""A material is one file that is named by its digest, and anything else is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up_scorers import fitted, public_rows, trees
from safetensors.numpy import save

from synth_assets.errors import IntegrityError, UsageError
from synth_assets.files import sha256_file
from synth_assets.rowwise import material as module
from synth_assets.rowwise.fitted import FittedScorer
from synth_assets.rowwise.material import (
    MOST_BYTES,
    Material,
    content_of,
    digest_of,
    named_in,
    parts_of,
    read_content,
    write_material,
)

_MATERIALS = (fitted(), fitted(trees(fitted().features.width)), public_rows())


@pytest.mark.parametrize("material", _MATERIALS)
def test_a_file_is_named_by_its_digest_and_holds_all_parts(material: Material, tmp_path: Path) -> None:
    path = write_material(material, below=tmp_path)
    assert path == tmp_path / f"{material.digest}.safetensors"
    assert sha256_file(path) == material.digest == digest_of(material)
    facts, arrays = parts_of(read_content(material.digest, below=tmp_path))
    assert facts == {**material.facts(), "what": material.what}
    assert set(arrays) == set(material.arrays())
    for name, array in material.arrays().items():
        assert arrays[name].dtype == array.dtype
        assert np.array_equal(arrays[name], array)


def test_the_same_material_again_changes_nothing_and_a_damaged_file_is_repaired(tmp_path: Path) -> None:
    path = write_material(_MATERIALS[0], below=tmp_path)
    content = path.read_bytes()
    path.write_bytes(b"damaged")
    assert write_material(_MATERIALS[0], below=tmp_path).read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_an_altered_shortened_missing_or_linked_file_is_refused(tmp_path: Path) -> None:
    digest = _MATERIALS[0].digest
    path = write_material(_MATERIALS[0], below=tmp_path)
    content = path.read_bytes()
    for position in (0, 20, len(content) - 1):
        altered = bytearray(content)
        altered[position] ^= 1
        path.write_bytes(altered)
        with pytest.raises(IntegrityError, match="was altered"):
            read_content(digest, below=tmp_path)
    path.write_bytes(content[:-1])
    with pytest.raises(IntegrityError, match="was altered"):
        read_content(digest, below=tmp_path)
    (tmp_path / "elsewhere").write_bytes(content)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IntegrityError, match="cannot be read"):
        read_content(digest, below=tmp_path)
    path.unlink()
    with pytest.raises(IntegrityError, match="is missing"):
        read_content(digest, below=tmp_path)


@pytest.mark.parametrize("name", ["", "../secret", "A" * 64, f"{'a' * 64}\n", "a" * 63])
def test_what_is_not_a_digest_is_never_a_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="is not a digest"):
        read_content(name, below=tmp_path)


def test_a_file_beyond_the_limit_is_neither_written_nor_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = content_of(_MATERIALS[0])
    path = write_material(_MATERIALS[0], below=tmp_path)
    monkeypatch.setattr(module, "MOST_BYTES", len(content) - 1)
    assert len(content) <= MOST_BYTES
    with pytest.raises(IntegrityError, match="more than"):
        read_content(path.stem, below=tmp_path)
    path.unlink()
    with pytest.raises(UsageError, match="are read again"):
        write_material(_MATERIALS[0], below=tmp_path)
    assert not list(tmp_path.iterdir())


def _with_header(header: Any, *, length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text


_ARRAYS = {"a": np.zeros(2)}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x05",
        _with_header({}, length=1 << 40),
        _with_header(b"\xff\xfe"),
        _with_header([]),
        _with_header({"__metadata__": 5}),
        save(_ARRAYS),
        save(_ARRAYS, metadata={"material": "{"}),
        save(_ARRAYS, metadata={"material": "[1]"}),
        save(_ARRAYS, metadata={"other": "{}"}),
        save({"a": np.zeros(2, dtype=np.int64)}, metadata={"material": "{}"}),
        save(_ARRAYS, metadata={"material": "{}"})[:-1],
        _with_header({"__metadata__": {"material": "{}"}, "a": {"dtype": "F64", "shape": [9], "data_offsets": [0, 8]}}),
        _with_header({"__metadata__": {"material": "{}"}, "a": {"dtype": "Q9", "shape": [1], "data_offsets": [0, 0]}}),
    ],
)
def test_what_is_not_a_material_is_refused(content: bytes) -> None:
    with pytest.raises(IntegrityError):
        parts_of(content)


def test_an_axis_gets_the_kind_of_material_that_it_is_made_of() -> None:
    materials = {material.digest: material for material in _MATERIALS}
    scorer, rows = _MATERIALS[0], _MATERIALS[2]
    value = {"of": "score", "material": scorer.digest}
    assert named_in(value, materials.__getitem__, FittedScorer) is scorer
    with pytest.raises(IntegrityError, match="another kind of material"):
        named_in({**value, "material": rows.digest}, materials.__getitem__, FittedScorer)
