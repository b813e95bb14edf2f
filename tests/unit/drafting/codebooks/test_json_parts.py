"""Parts of a foreign JSON document that are not of the wanted form are nothing."""

from synth_assets.drafting.codebooks.json_parts import is_json_with, mapping, mappings, object_of, sequence


def test_anything_else_than_what_is_wanted_is_empty() -> None:
    assert [mapping(value) for value in (None, [], "x", {"a": 1})] == [{}, {}, {}, {"a": 1}]
    assert [sequence(value) for value in (None, 1, [1])] == [[], [1], [1]]
    assert mappings([1, {"a": 1}]) == [{"a": 1}]


def test_a_byte_order_mark_is_not_a_part_of_the_document() -> None:
    assert object_of("a", b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert is_json_with("a", b'\xef\xbb\xbf{"cr:a": 1}', ("a",))
