"""Templates as they are written: text with `${expression}` in it.

    template    = { text | "$${" | "${" expression "}" }
    expression  = alternative { "??" alternative } [ "?" ]
    alternative = operand { "|" filter }
    operand     = reference | 'text' | number | true | false | null
    reference   = root "." ( bare | 'quoted' | "*" )
    filter      = name [ "(" literal { "," literal } ")" ]

Every reference has a dot: what substitutes `${NAME}` elsewhere, such as Flux, stops at it loudly.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from gateway.language.decimals import exact_decimal
from gateway.language.template import filters, roots
from gateway.language.template.plain import LONGEST, PLAIN
from gateway.language.template.tokens import Tokens, fault
from gateway.language.template.tree import (
    BadTemplate,
    Call,
    Chain,
    Constant,
    Expression,
    Kind,
    Operand,
    Span,
    Template,
)

MOST_ALTERNATIVES = 8
MOST_FILTERS = 8
LONGEST_NUMBER = 32
"""Characters of a whole number."""

_OPEN = re.compile(r"\$?\$\{")
_SHELL = ":-"
"""What shells write before a default; a name that contains it is written in quotes."""
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS: dict[str, tuple[Kind, Any]] = {
    "true": ("true or false", True),
    "false": ("true or false", False),
    "null": ("null", None),
}


def is_template(text: str) -> bool:
    """Whether a text has anything to fill in, or to unescape."""
    return "${" in text


@lru_cache(8192)
def parse(text: str) -> Template | str:
    """The template of a text, or the text that it stands for where it has no expression.

    Raises BadTemplate.
    """
    if not is_template(text):
        return text
    if len(text) > LONGEST:
        message = f"a text with templates has at most {LONGEST} characters"
        raise BadTemplate("bad-template", 0, 0, message)
    parts: list[str | Expression] = []
    literal, at = "", 0
    while found := _OPEN.search(text, at):
        literal, at = literal + text[at : found.start()], found.end()
        if found[0] == "$${":
            literal += "${"
            continue
        expression = _plain(text, found.start()) or _Parser(text, found.start()).expression()
        parts += [literal, expression] if literal else [expression]
        literal, at = "", expression.span.end
    literal += text[at:]
    return Template((*parts, literal) if literal else tuple(parts)) if parts else literal


def _plain(text: str, start: int) -> Expression | None:
    """The expression that begins at the start, if it is in a plain form. Reading it token by
    token gives the same in six times the time.
    """
    found = PLAIN.match(text, start)
    if found is None:
        return None
    written, root, name, call, kind, _, _, default, optional = found.groups()
    reference = roots.known(root, name, Span(*found.span("input"), written))
    chain = Chain(reference, () if call is None else (_call(found, kind),))
    span = Span(start, found.end(), found[0])
    if default is None:
        return Expression((chain,), optional != "", span)
    constant = Constant("text", default[1:-1], default[1:-1], Span(*found.span("default"), default))
    return Expression((chain, Chain(constant, ())), optional != "", span)


def _call(found: re.Match[str], name: str) -> Call:
    count, argument = found["count"], found["argument"]
    arguments: tuple[str | int, ...] = ()
    if count is not None:
        arguments = (int(count),)
    elif argument is not None:
        arguments = (argument,)
    span = Span(*found.span("call"), found["call"])
    filters.judge(name, arguments, span)
    return Call(name, arguments, span)


class _Parser:
    """Reads one expression, token by token."""

    def __init__(self, text: str, start: int) -> None:
        self._tokens = Tokens(text, start)

    def expression(self) -> Expression:
        """The expression that begins at the start, to behind its `}`."""
        tokens = self._tokens
        if tokens.is_sign("}"):
            hint = "for example ${body.order.total}"
            raise fault(tokens.since(tokens.start), "the template is empty", hint)
        alternatives = [self._chain()]
        while tokens.takes("??"):
            alternatives.append(self._chain())
        optional = tokens.takes("?")
        if not tokens.is_sign("}"):
            raise tokens.unexpected(after_mark=optional)
        span = tokens.since(tokens.start)
        if len(alternatives) > MOST_ALTERNATIVES:
            raise fault(span, f"a template has at most {MOST_ALTERNATIVES} alternatives")
        return Expression(tuple(alternatives), optional, span)

    def _chain(self) -> Chain:
        start, operand, calls = self._tokens.begin, self._operand(), list[Call]()
        while self._tokens.takes("|"):
            calls.append(self._filter())
        if len(calls) > MOST_FILTERS:
            end = calls[-1].span.end
            message = f"a value has at most {MOST_FILTERS} filters"
            raise BadTemplate("bad-template", start, end, message)
        return Chain(operand, tuple(calls))

    def _operand(self) -> Operand:
        tokens = self._tokens
        token, span = tokens.token, tokens.span
        if tokens.kind != "word" or _is_literal(token):
            return self._literal()
        tokens.advance()
        root, dot, name = token.partition(".")
        if _SHELL in name.partition("'")[0]:
            hint = "for example ${body.name ?? 'none'}"
            raise fault(span, f"a default is written after '??', not after '{_SHELL}'", hint)
        if not dot or ":" in root:
            raise roots.without_dot(token, span)
        return roots.reference(root, *_name(name), span)

    def _literal(self) -> Constant:
        token, span = self._tokens.token, self._tokens.span
        if self._tokens.kind == "text":
            text = token[1:-1].replace("''", "'")
            constant = Constant("text", text, text, span)
        elif token in _WORDS:
            constant = Constant(*_WORDS[token], token, span)
        elif _NUMBER.fullmatch(token):
            constant = Constant("a number", _number(token, span), token, span)
        else:
            raise self._tokens.unexpected()
        self._tokens.advance()
        return constant

    def _filter(self) -> Call:
        tokens = self._tokens
        start, name = tokens.begin, tokens.token
        if tokens.kind != "word":
            raise tokens.unexpected("the name of a filter")
        span = tokens.span
        tokens.advance()
        arguments: list[Any] = []
        if tokens.takes("("):
            arguments.append(self._literal().value)
            while tokens.takes(","):
                arguments.append(self._literal().value)
            if not tokens.is_sign(")"):
                raise tokens.unexpected("')'")
            span = tokens.since(start)
            tokens.advance()
        filters.judge(name, tuple(arguments), span)
        return Call(name, tuple(arguments), span)


def _number(token: str, span: Span) -> int | Decimal:
    value: int | Decimal | None
    if token.lstrip("-").isdigit():
        value = int(token) if len(token) <= LONGEST_NUMBER else None
    else:
        value = exact_decimal(token)
    if value is None:
        raise fault(span, "this number is too large")
    return value


def _is_literal(token: str) -> bool:
    return token in _WORDS or _NUMBER.fullmatch(token) is not None


def _name(written: str) -> tuple[str, bool]:
    """The name behind the dot without its quotes, and whether it stands for all names."""
    before, quote, quoted = written.partition("'")
    name = before + quoted[:-1].replace("''", "'") if quote else written
    return name, name.rpartition(".")[2] == roots.WHOLE and not quote
