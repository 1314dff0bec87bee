"""Rules and requests of a small world, so that they often meet."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from gateway.language.spec.match import Elements, Match, Operators

NAMES = ["a", "b", "0", "a.b", "a/b", "~"]
PATHS = ["a", "b", "0", "a.b", "a.0", "b.0.a", "/a", "/a.b", "/a~1b", "/~0", "/a/0", "/b/1", "/0"]
TEXTS = ["", "a", "b", "ab", "aba", "é", "1", "1.0", "1.5", "-2", "1e2", "1e999", " 1", "true"]
NUMBERS: list[int | float] = [0, 1, 1.0, 1.5, -2, 100, 2**53 + 1, float(2**53), 2**70]
PATTERNS = ["a", "^a", "b$", "^$", "^[a-b]+$", r"\d", r"^\w*$", "^.$", "(a|1)b?"]

scalars: st.SearchStrategy[Any] = st.sampled_from([None, True, False, "null", *TEXTS, *NUMBERS])
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    ),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from(NAMES), values, max_size=4)
bodies: st.SearchStrategy[Any] = st.one_of(objects, objects, values)
parameters = st.dictionaries(
    st.sampled_from(NAMES),
    st.sampled_from(TEXTS) | st.lists(st.sampled_from(TEXTS), min_size=2, max_size=3),
    max_size=4,
)
headers = st.lists(
    st.tuples(
        st.sampled_from([b"x-a", b"x-b", b"host"]),
        st.sampled_from([text.encode() for text in TEXTS]),
    ),
    max_size=4,
)

ordered: st.SearchStrategy[Any] = st.sampled_from(["", "a", "ab", "1", *NUMBERS])
texts = st.sampled_from(["a", "b", "ab", "1", "é"])
plain = scalars | st.lists(scalars, max_size=2)


def operators(elements: st.SearchStrategy[Elements]) -> st.SearchStrategy[Operators]:
    """One or two operators, of all that there are."""
    operands: dict[str, st.SearchStrategy[Any]] = {
        **dict.fromkeys(("eq", "ne", "contains"), values),
        **dict.fromkeys(("in_", "not_in"), st.lists(values, min_size=1, max_size=3)),
        **dict.fromkeys(("gt", "gte", "lt", "lte"), ordered),
        **dict.fromkeys(("prefix", "suffix"), texts),
        "pattern": st.sampled_from(PATTERNS),
        "exists": st.booleans(),
        **dict.fromkeys(("any", "all", "none"), elements),
    }
    assert operands.keys() == set(Operators.__struct_fields__)
    names = st.lists(st.sampled_from(sorted(operands)), min_size=1, max_size=2, unique=True)
    return names.flatmap(
        lambda chosen: st.builds(Operators, **{name: operands[name] for name in chosen})
    )


_flat = st.builds(Elements, plain | st.builds(Operators, eq=values))
_paths = st.builds(
    Elements,
    st.dictionaries(st.sampled_from(PATHS), plain | operators(_flat), min_size=1, max_size=2),
)
conditions: st.SearchStrategy[Any] = plain | operators(
    _flat | st.builds(Elements, operators(_flat)) | _paths
)


def _named(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), conditions, min_size=1, max_size=2)


body_matches = st.builds(Match, body=_named(PATHS))
query_matches = st.builds(Match, query=_named(NAMES))
header_matches = st.builds(Match, headers=_named(["X-A", "x-b", "X-None"]))
whole_matches = st.builds(
    Match, body=_named(PATHS), query=_named(NAMES), headers=_named(["X-A", "x-b"])
)
