"""Rules and requests of a small world, so that they often meet."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import strategies as st

from gateway.language.literals import ConstantLiteral, DecimalLiteral, IntegerLiteral
from gateway.language.spec.match import Elements, Length, Operators
from gateway.language.spec.rules import Match

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
literals: st.SearchStrategy[Any] = st.sampled_from(
    [
        IntegerLiteral(1, "+1"),
        DecimalLiteral(Decimal(100), "1e2"),
        Decimal("1.0"),
        ConstantLiteral(True, "TRUE"),
        ConstantLiteral(None, ""),
    ]
)
plain = scalars | literals | st.lists(scalars | literals, max_size=2)


counts = st.integers(0, 3)
lengths: st.SearchStrategy[Any] = counts | st.one_of(
    [st.builds(Length, **{name: counts}) for name in ("eq", "ne", "gt", "gte", "lt", "lte")]
    + [st.builds(Length, in_=st.lists(counts, min_size=1, max_size=2))]
    + [st.builds(Length, gte=counts, lt=counts)]
)


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
        "length": lengths,
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

LOOK_ALIKES: list[list[Any]] = [
    [1, 1.0, True, "1", "1.0", "true"],
    [0, None, False, "null", "", "false"],
    [1.5, "1.5", 1, 2],
    [100, "1e2", "100", 99.5],
    [2**53, 2**53 + 1, float(2**53), str(2**53)],
]


_alike = st.sampled_from([one for group in LOOK_ALIKES for one in group])
alike_objects = st.dictionaries(
    st.sampled_from(NAMES),
    _alike | st.recursive(_alike, lambda inner: st.lists(inner, max_size=2)) | objects,
    min_size=1,
    max_size=3,
)


_ALIKE = {
    str(value): st.sampled_from(
        [one for group in LOOK_ALIKES if str(value) in map(str, group) for one in group]
    )
    for group in LOOK_ALIKES
    for value in group
}
"""By its text: what looks like a value, itself among it."""


def near(draw: st.DrawFn, value: Any) -> Any:
    """The value itself, or one that looks like it and is of another type."""
    if isinstance(value, list):
        return [near(draw, one) for one in value]
    if isinstance(value, dict):
        return {name: near(draw, one) for name, one in value.items()}
    alike = _ALIKE.get(str(value))
    return value if alike is None else draw(alike)


_operators = st.sampled_from(["", "", "eq", *Operators.__struct_fields__])
_equality = st.sampled_from(["eq", "ne"])


@st.composite
def meeting(draw: st.DrawFn, value: Any) -> Any:
    """A condition that means the value, one that looks like it, or a part of it."""
    meant = near(draw, value)
    name = draw(_operators)
    if not name:
        return Operators(eq=meant) if isinstance(meant, dict) else meant
    operand: Any = meant
    if name in ("any", "all", "none"):
        inner = value[0] if isinstance(value, list) and value else meant
        operand = Elements(Operators(**{draw(_equality): near(draw, inner)}))
    elif name in ("in_", "not_in"):
        operand = [meant, "no"]
    elif name == "contains":
        operand = near(draw, value[0]) if isinstance(value, list) and value else meant
    elif name == "length":
        operand = Length(gte=len(value) if isinstance(value, (str, list, dict)) else 1)
    elif name in ("gt", "gte", "lt", "lte"):
        operand = meant if type(meant) in (int, float, str) else 1
    elif name in ("prefix", "suffix", "pattern"):
        operand = draw(st.sampled_from([*str(meant)[-2:], str(meant)[:1], "a"])) or "a"
        operand = re.escape(operand) if name == "pattern" else operand
    elif name == "exists":
        operand = draw(st.booleans())
    return msgspec.convert({name.rstrip("_"): operand}, Operators)


@st.composite
def met(draw: st.DrawFn, named: st.SearchStrategy[dict[str, Any]]) -> tuple[Any, dict[str, Any]]:
    """Conditions on one name of a mapping that speak of its value, and the mapping."""
    given = draw(named.filter(bool))
    name = draw(st.sampled_from(sorted(given)))
    return {name: draw(meeting(given[name]))}, given


_FILTERS = (
    *("text", "json", "int", "number", "bool", "lower", "trim", "length", "first(2)", "last(1)"),
    *("strip_prefix('e')", "part('/', 1)", "part('-', -2)", "join(', ')", "pluck('a.b')"),
)


@st.composite
def _templates(draw: st.DrawFn) -> str:
    """One template that reads the body, the query or a header, some with filters."""
    read = draw(st.sampled_from(["body.a", "body.b.c", "body.*", "query.q", "headers.X-Tag"]))
    calls = draw(st.lists(st.sampled_from(_FILTERS), max_size=2))
    return "${" + " | ".join([read, *calls]) + "}"


templates = _templates()
