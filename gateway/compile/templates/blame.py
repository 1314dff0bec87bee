"""Why a request gives no data for the workflow, in sentences that name inputs and no values."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from gateway.compile.kinds import kind_of
from gateway.compile.mismatch import Places
from gateway.errors import Unmappable
from gateway.language.inputs import name_of
from gateway.language.template import CLAIMS, FILTERS, Call, Constant, Operand, Template, words

if TYPE_CHECKING:  # a worker reads no YAML
    from gateway.language.yaml12 import Steps

_PARAMETERS = {
    "body": "body parameter",
    "query": "query parameter",
    "headers": "header",
    "path": "path parameter",
}
_NEEDING = {"response": "the answer", "match": "the rule"}
_OUTPUT = "The workflow's output"
_COMPLAINTS = {
    "int": "is not a whole number",
    "number": "is not a number",
    "bool": "is neither true nor false",
    "pluck": "is not an array whose elements all have '{}'",
    "join": "is not an array of text, numbers, true or false",
}


class Blame(msgspec.Struct, frozen=True):
    """`operand` is the input that is to blame, `where` the place of its template."""

    operand: Operand
    where: Spot | str

    @classmethod
    def of(cls, template: Template, where: Spot | str = "") -> Blame:
        """The first input of a template is to blame."""
        references = [one for expression in template.expressions for one in expression.references]
        first = template.expressions[0].alternatives[0].operand
        return cls(references[0] if references else first, where)

    @property
    def what(self) -> str:
        """The input as a caller knows it."""
        operand = self.operand
        if isinstance(operand, Constant):
            return "The default in the template"
        name = name_of(operand)
        if operand.root in _PARAMETERS:
            whole = f"The {operand.root}"
            return f"The {_PARAMETERS[operand.root]} {name!r}" if operand.path else whole
        if operand.root == "workflow" and len(operand.path) > 1:
            what = _OUTPUT if operand.path[0] == "body" else "The workflow's header"
            return f"{what} {name.partition('.')[2]!r}"
        if operand.root == "workflow" and operand.path[0] == "body":
            return "The workflow's answer"
        if operand.path[0] == CLAIMS:
            claim = name.partition(".")[2]
            return f"The claim {claim!r}" if operand.path[1:] else "The token"
        return f"'{operand.root}.{name}'"

    @property
    def whom(self) -> str:
        """Who needs the value."""
        return _NEEDING.get(str(self.where).partition(".")[0], "the workflow")

    def missing(self) -> Unmappable:
        """The input is not there."""
        if self.what.startswith(_OUTPUT):
            sentence = f"The workflow's outputs have no{self.what.removeprefix(_OUTPUT)}."
            return Unmappable(sentence, reason=f"{self.where}: {sentence}")
        return self.refused(f"is missing, and {self.whom} needs it")

    def kind(self, value: Any) -> Unmappable:
        """The input has no text."""
        return self.refused(f"is {kind_of(value)}, and {self.whom} needs text")

    def misfit(self, call: Call, before: Call | None, value: Any) -> Unmappable:
        """A filter does not take the value, which is that of the filter before it."""
        said = _COMPLAINTS.get(call.name, "").format(*call.arguments)
        if not said:
            said = f"is {kind_of(value)}, and '{call.name}' takes {words(FILTERS[call.name].takes)}"
        return self.refused(said + (f" after '{before.name}'" if before is not None else ""))

    def refused(self, said: str) -> Unmappable:
        """The refusal of a request: what is said of the input."""
        sentence = f"{self.what} {said}."
        return Unmappable(sentence, reason=f"{self.where!s}: {sentence}")


class Spot(NamedTuple):
    """A place as the operator is told of it, in words that are made when they are needed: its
    keys, and its line where that is known.
    """

    places: Places
    steps: Steps

    def __str__(self) -> str:
        name = ".".join(map(str, self.steps))
        return f"{name} ({self.places[name]})" if name in self.places else name


Where = Callable[["Steps"], "Spot | str"]
"""What the operator is told of a place."""


def where_in(places: Places) -> Where:
    """The places of a hook's templates."""
    return partial(Spot, places)
