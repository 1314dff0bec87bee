"""Templates: what `${…}` fills in from the request, as a small language of its own.

A template reads inputs by their paths and applies filters; it has no loops, no conditions and no
functions of the author's, so that everything it reads can be seen before a request comes.
"""

from gateway.language.template.filters import EVERY, FILTERS, SCALAR, Kinds, words
from gateway.language.template.grammar import is_template, parse
from gateway.language.template.plain import PLAIN, plain
from gateway.language.template.roots import ANSWERED, CLAIMS, ROOTS
from gateway.language.template.tree import (
    BadTemplate,
    Call,
    Chain,
    Constant,
    Expression,
    Kind,
    Operand,
    Reference,
    Span,
    Template,
)

__all__ = [
    "ANSWERED",
    "CLAIMS",
    "EVERY",
    "FILTERS",
    "PLAIN",
    "ROOTS",
    "SCALAR",
    "BadTemplate",
    "Call",
    "Chain",
    "Constant",
    "Expression",
    "Kind",
    "Kinds",
    "Operand",
    "Reference",
    "Span",
    "Template",
    "is_template",
    "parse",
    "plain",
    "words",
]
