"""Whatever a hook file looks like, a token is added and everything else stays as it was."""

from __future__ import annotations

from typing import Any

import msgspec
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.cli.addition import add_digest
from gateway.language.read import read
from gateway.language.source import Source

DIGEST = "5e" * 32
ODD = ["", " ", "# c", "    # deeper", "#", "# tokens: [", "# 🔑 - sha256: a, {b}", "  # 'quote"]
REFERENCES = [
    "secret: a", "env: A", "'secret': \"a\"", "secret: a.b-c", "? secret\n{}: a",
    "secret: b\n{}expires: 2099-01-31T00:00:00Z", "secret: |-\n{}  a", "secret: >-\n{}   a\n",
    "secret:\n{}  a", "# first\n{}secret: c",
]  # fmt: skip
IN_BRACES = ["{secret: a}", "secret: a", "{'env': \"A\"}", "{ secret: a , }", "{? env : A}"]


odd_lines = st.lists(st.sampled_from(ODD), max_size=3).map(lambda lines: [*lines])
tails = st.sampled_from(["", "   # tail", " #", "  "])


@st.composite
def dashes(draw: st.DrawFn) -> list[str]:
    """A list of credentials below its key."""
    indent = " " * draw(st.sampled_from([2, 3, 4, 7]))
    lines = ["  tokens:" + draw(tails)]
    for entry in draw(st.lists(st.sampled_from(REFERENCES + IN_BRACES), min_size=1, max_size=3)):
        lines += draw(odd_lines)
        written = entry.replace("\n{}", f"\n{indent}  ")
        if ">-" not in entry and "|-" not in entry:
            written += draw(tails)
        lines += f"{indent}- {written}".split("\n")
    return lines


@st.composite
def brackets(draw: st.DrawFn) -> list[str]:
    """A list of credentials in brackets, on one line or on several."""
    entries = draw(st.lists(st.sampled_from(IN_BRACES), min_size=1, max_size=3))
    if draw(st.booleans()):
        last = draw(st.sampled_from(["", ",", " , "]))
        return [f"  tokens: [{', '.join(entries)}{last}]" + draw(tails)]
    lines = ["  tokens: [" + draw(tails)]
    for number, entry in enumerate(entries, 1):
        lines += [f"    {line}".rstrip() for line in draw(odd_lines)]
        comma = "," if number < len(entries) else draw(st.sampled_from(["", ","]))
        lines.append(f"    {entry}{comma}" + draw(tails))
    if draw(st.booleans()) and "#" not in lines[-1]:
        return [*lines[:-1], lines[-1] + "]"]
    return [*lines, "   ]" + draw(tails)]


@st.composite
def authentications(draw: st.DrawFn) -> list[str]:
    """`authentication` in one of its layouts; none at all."""
    kind = draw(st.sampled_from(["none", "block", "braces"]))
    if kind == "none":
        return []
    if kind == "braces":
        entries = draw(st.lists(st.sampled_from(IN_BRACES), min_size=1, max_size=2))
        return [f"authentication: {{tokens: [{', '.join(entries)}], type: bearer}}" + draw(tails)]
    parts = [["  type: bearer" + draw(tails)], draw(st.one_of(dashes(), brackets()))]
    parts = draw(st.permutations(parts))
    return ["authentication:" + draw(tails), *parts[0], *draw(odd_lines), *parts[1]]


@st.composite
def hooks(draw: st.DrawFn, name: str) -> list[str]:
    """The lines of one hook, its keys in any order and odd things between them."""
    description = draw(
        st.sampled_from(
            [
                ["description: plain", "  and more # tail"],
                ['description: "quoted', "# no comment", '  end"'],
                ["description: |+", "   # no comment", "  ", "   tokens: []", ""],
                ["description: >", "  folded 🔑", "  # no comment"],
                [],
            ]
        )
    )
    keys = draw(
        st.permutations(
            [
                [f"name: {name}" + draw(tails)],
                ["workflow: http://127.0.0.1:9000/run/x" + draw(tails)],
                description,
                draw(authentications()),
            ]
        )
    )
    indent = " " * draw(st.sampled_from([0, 0, 0, 2]))
    lines = [line for key in keys for line in [*draw(odd_lines), *key]]
    return [indent + line if line else line for line in [*lines, *draw(odd_lines)]]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file of one to three hooks, in any bytes that people's editors save."""
    count = draw(st.sampled_from([1, 1, 2, 3]))
    lines = draw(odd_lines)
    for number in range(count):
        if number:
            lines += draw(st.sampled_from([["---"], ["--- # next"], ["...", "---"]]))
        lines += draw(hooks(f"hook-{number}"))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    text = "\n".join([*lines, ""] if draw(st.booleans()) else lines)
    mark = b"\xef\xbb\xbf" if draw(st.booleans()) else b""
    return mark + text.replace("\n", end).encode()


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _tokens(hook: Any) -> list[Any]:
    written = hook.authentication
    return [] if written is msgspec.UNSET else written.tokens


@settings(deadline=None)
@given(files(), st.integers(0, 2))
@example(b"{workflow: 'http://127.0.0.1/x', name: hook-0, description: '}'}", 0)
@example(b"{\n  name: hook-0,\n  # c\n  workflow: 'http://127.0.0.1/x' # , tokens: [\n}", 0)
def test_a_token_is_all_that_is_added(data: bytes, chosen: int) -> None:
    before = read([Source("a.yaml", data)])
    assert not [one for one in before.diagnostics if one.severity == "error"], data.decode()
    name = before.hooks[chosen % len(before.hooks)].spec.name
    after = add_digest(Source("a.yaml", data), DIGEST, name).source.data

    head = _common(data, after)
    tail = min(_common(data[::-1], after[::-1]), len(data) - head)
    kept, new = data[head : len(data) - tail], after[head : len(after) - tail]
    assert new.count(DIGEST.encode()) == 1
    # In brackets over several lines the entry before needs a comma, and its comment stays there.
    assert kept == b"" or (new.startswith(b"," + kept) and kept.strip()[:1] in (b"#", b""))

    for old, one in zip(before.hooks, read([Source("a.yaml", after)]).hooks, strict=True):
        gained = _tokens(one.spec)[len(_tokens(old.spec)) :]
        assert [token.sha256 for token in gained] == [DIGEST] * (old.spec.name == name)
        assert _tokens(one.spec)[: len(_tokens(old.spec))] == _tokens(old.spec)


@settings(deadline=None)
@given(files())
def test_another_parser_reads_the_same(data: bytes) -> None:
    written = list(yaml.safe_load_all(data))
    after = add_digest(Source("a.yaml", data), DIGEST, "hook-0").source.data
    target = next(one for one in written if one["name"] == "hook-0")
    fresh = {"type": "bearer", "tokens": []}
    target.setdefault("authentication", fresh)["tokens"].append({"sha256": DIGEST})
    assert list(yaml.safe_load_all(after)) == written
