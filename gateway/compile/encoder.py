"""What the workflow receives: the bytes that came, or what is made of what the rules saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal
from urllib.parse import unquote_plus

from msgspec import UNSET

from gateway.compile.body import Received, decode_body
from gateway.compile.exchange import Exchange
from gateway.compile.forms import encode_form, flatten
from gateway.compile.header_text import header_text
from gateway.compile.mismatch import BODY_PARAMETERS
from gateway.compile.multipart_form import Part, encode_multipart
from gateway.compile.names import NO_NAMES, Names
from gateway.compile.payload import FORM, JSON, WITH_BODY, Payload
from gateway.compile.reading import refuse_encoded, remedy
from gateway.compile.templates.inputs import Inputs
from gateway.compile.templates.mapping import Mapped
from gateway.errors import NoMatch, UnsupportedMedia
from gateway.language.literals import encode_json
from gateway.language.spec import Workflow
from gateway.language.template.url import parse_url, value_of

_JSON = JSON.encode()


class PayloadEncoder:
    """How a hook's data is encoded for its workflow; resolved once.

    `decodes` says whether the body must be understood first: then another type is a 415. Numbers
    are decoded exactly where something is made of them, or where `exact` says that rules need it.
    """

    __slots__ = (
        "_as_received",
        "_exact",
        "_format",
        "_in_query",
        "_mapped",
        "_names",
        "_remedy",
        "_replaces",
        "_rule_names",
        "_static",
        "decodes",
    )

    def __init__(
        self,
        workflow: Workflow,
        needs_body: bool,
        exact: bool,
        mapped: Mapped,
        rule_names: Names = NO_NAMES,
    ) -> None:
        self._format: Literal["json", "form", "raw", "text"] | None = (
            None if workflow.format is UNSET else workflow.format
        )
        self._in_query = workflow.method not in WITH_BODY
        self._mapped = mapped
        self._replaces = mapped.replaces
        self._static = mapped.members
        self._names = _written(workflow)
        self._rule_names = rule_names
        self._as_received = not (self._in_query or self._static or self._format == "form")
        reads_body = mapped.reads_body
        self.decodes = (
            needs_body
            or reads_body
            or (
                not mapped.replaces
                and self._format != "raw"
                and (self._format is not None or self._in_query or bool(self._static))
            )
        )
        self._exact = exact or reads_body or not self._as_received
        self._remedy = remedy(workflow, needs_body, reads_body)

    def read(
        self, exchange: Exchange, body: bytes | None, query: Mapping[str, Any]
    ) -> Received | None:
        """The received parameters, decoded; None where nothing needs them decoded.

        `body` is None for a method that has none.
        """
        if body is None:
            return Received("none", query)
        if not self.decodes:
            return None
        try:
            if b"content-encoding" in exchange.fields:
                refuse_encoded(exchange.header(b"content-encoding"))
            return decode_body(exchange.header(b"content-type"), body, exact=self._exact)
        except UnsupportedMedia as refusal:
            refusal.reason = f"{refusal.reason} {self._remedy}"
            raise

    def encode(
        self,
        exchange: Exchange,
        body: bytes | None,
        received: Received | None,
        inputs: Inputs | None = None,
    ) -> Payload:
        """What is sent: JSON as its bytes were, where nothing is added to it. `inputs` are there
        where the hook has templates.

        Raises NoMatch where members cannot be merged over what was received, Unmappable where
        templates cannot be filled in, UnsupportedMedia for files where the workflow takes no form
        that has them.
        """
        if self._mapped.replaces and (replace := self._mapped.replace) is not None:
            return replace(inputs)
        if received is None or (self._format == "raw" and body is not None):
            return _raw(exchange, body)
        if received.kind == "json" and self._as_received:
            return Payload(body, self._json_type(exchange, received))
        if received.kind == "multipart" and self._format is None and not self._in_query:
            return Payload(*encode_multipart(self._merged_parts(received.parts, inputs)))
        _refuse_files(received.parts)
        return self._encoded(exchange, received, inputs)

    def fill(
        self,
        exchange: Exchange,
        body: bytes | None,
        received: Received | None,
        query: Mapping[str, Any],
        inputs: Inputs | None,
    ) -> Payload:
        """The same with its target and its headers, where the hook has templates; `inputs` are
        there where the rules have read them.
        """
        mapped = self._mapped
        quick = mapped.quick
        if quick is not None and body and received is not None and received.kind == "json":
            if not quick.alone and inputs is None:
                inputs = Inputs(exchange, received, query)
            payload = quick.make(received.value, inputs) if len(body) <= quick.most else None
            if payload is not None:
                if quick.alone or inputs is None:
                    return payload
                return mapped.addressed(payload, inputs)
        # What was counted before is counted again.
        inputs = Inputs(exchange, received if body is not None else None, query)
        return mapped.addressed(self.encode(exchange, body, received, inputs), inputs)

    def _encoded(self, exchange: Exchange, received: Received, inputs: Inputs | None) -> Payload:
        if self._in_query:
            return Payload(query=flatten(self._merged_parameters(received, inputs)))
        if received.kind == "none" and exchange.method in WITH_BODY and not self._static:
            return Payload()
        if (self._format or _kept(received.kind)) == "form":
            return Payload(encode_form(self._merged_parameters(received, inputs)), FORM)
        merged = self._merged(received.value, inputs)
        return Payload(encode_json(merged), self._json_type(exchange, received))

    def _json_type(self, exchange: Exchange, received: Received) -> str:
        """`application/json`, or what the caller said instead, such as `application/ld+json`."""
        said = exchange.header(b"content-type")
        if not said or said == _JSON or received.kind != "json" or self._format is not None:
            return JSON
        return header_text(said)

    def _merged(self, value: Any, inputs: Inputs | None) -> Any:
        """With the members of the author. One that is left out leaves no place for the caller's."""
        if not self._static:
            return value
        fill = self._mapped.json
        added = self._static if fill is None or inputs is None else fill(inputs)
        merged = {**_mapping(value), **added}
        for name in self._static.keys() - added.keys():
            merged.pop(name, None)
        return merged

    def _parameters(self, inputs: Inputs | None) -> Mapping[str, Any]:
        fill = self._mapped.parameters
        if fill is None or inputs is None:
            return self._static
        added: Mapping[str, Any] = fill(inputs)
        return added

    def _merged_parameters(self, received: Received, inputs: Inputs | None) -> Mapping[str, Any]:
        """Without the names that would be taken for the author's: in a query or a form, a name
        that is there beside them can win over them.

        A member of JSON is a name of its own for the rules, and may not be one that programs take
        for a rule's parameter once it is the name of a query or a form.
        """
        value = _mapping(received.value)
        if received.kind == "json":
            self._refuse_ambiguous(value)
        kept = {name: one for name, one in value.items() if name not in self._names}
        return {**kept, **self._parameters(inputs)}

    def _refuse_ambiguous(self, received: Mapping[str, Any]) -> None:
        name = self._rule_names.taken(received)
        if name is not None:
            said = BODY_PARAMETERS.ambiguous(name, "body")
            raise NoMatch(said.detail, reason=said.reason)

    def _merged_parts(self, parts: tuple[Part, ...], inputs: Inputs | None) -> Iterator[Part]:
        yield from (part for part in parts if part.name not in self._names)
        for name, text in flatten(self._parameters(inputs)):
            yield Part(name, text.encode())


def _written(workflow: Workflow) -> Names:
    """The names that the author gives a value to where the data is sent."""
    if workflow.method in WITH_BODY:
        return Names(workflow.body)
    in_url = (unquote_plus(value_of(pair)[0]) for pair in parse_url(workflow.url).pairs)
    return Names([*in_url, *workflow.query, *workflow.body])


def _kept(kind: str) -> str:
    return "form" if kind == "form" else "json"


def _refuse_files(parts: Iterable[Part]) -> None:
    if any(part.filename is not None for part in parts):
        raise UnsupportedMedia(
            "The form contains a file, but this hook's workflow takes only fields; send them "
            "without the file."
        )


def _raw(exchange: Exchange, body: bytes | None) -> Payload:
    if not body:
        return Payload()
    return Payload(body, _said(exchange, b"content-type"), _said(exchange, b"content-encoding"))


def _said(exchange: Exchange, name: bytes) -> str | None:
    value = exchange.header(name)
    return header_text(value) if value else None


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NoMatch("The body must be a JSON object: this hook's workflow takes parameters.")
    return value
