"""Which requests start the workflow: conditions on their parameters, alternatives, exceptions."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.base import Written
from gateway.language.spec.match import Condition
from gateway.language.spec.scalars import HeaderName, ParameterName, ParameterPath

MOST_RULES = 32
"""Rules that one `any` or `all` may list."""


class Rule(Written, frozen=True, kw_only=True, rename={"not_": "not"}):
    """Conditions on the parameters of a request, all of which must hold."""

    EXAMPLES: ClassVar[tuple[dict[str, Any], ...]] = (
        {"body": {"action": {"in": ["opened", "reopened"]}}},
    )

    AT_LEAST_ONE: ClassVar = True

    body: (
        Annotated[
            dict[ParameterPath, Condition],
            Meta(
                min_length=1,
                description="Parameters of the body and their conditions.",
                examples=[{"CityName": "Paris"}, {"order.total": {"gte": 100}}],
            ),
        ]
        | UnsetType
    ) = UNSET
    query: (
        Annotated[
            dict[ParameterName, Condition],
            Meta(
                min_length=1,
                description="Parameters of the URL's query and their conditions.",
                examples=[{"dry_run": {"exists": False}}],
            ),
        ]
        | UnsetType
    ) = UNSET
    headers: (
        Annotated[
            dict[HeaderName, Condition],
            Meta(
                min_length=1,
                description="Headers and their conditions; names are case-insensitive.",
                examples=[{"X-Event": {"in": ["order.created", "order.updated"]}}],
            ),
        ]
        | UnsetType
    ) = UNSET
    path: (
        Annotated[
            dict[ParameterName, Condition],
            Meta(
                min_length=1,
                description="Parameters of the hook's path and their conditions.",
                examples=[{"city": {"in": ["paris", "rome"]}}],
            ),
        ]
        | UnsetType
    ) = UNSET
    any: (
        Annotated[
            list[Rule],
            Meta(
                min_length=1,
                max_length=MOST_RULES,
                description="Alternatives: rules of which at least one must hold.",
            ),
        ]
        | UnsetType
    ) = UNSET
    all: (
        Annotated[
            list[Rule],
            Meta(
                min_length=1,
                max_length=MOST_RULES,
                description="Rules all of which must hold; useful below `any` and `not`.",
            ),
        ]
        | UnsetType
    ) = UNSET
    not_: Annotated[
        Rule | UnsetType,
        Meta(
            description="A rule that must not hold. What cannot be decided does not count as not "
            "holding: a comparison needs a value of its kind."
        ),
    ] = UNSET

    @property
    def reads_body(self) -> bool:
        """Whether it, or a rule inside it, has a condition on the body."""
        inside = [one for rules in (self.any, self.all) if rules is not UNSET for one in rules]
        inside += [] if self.not_ is UNSET else [self.not_]
        return self.body is not UNSET or any(one.reads_body for one in inside)


class Match(Rule, frozen=True, kw_only=True):
    """Which requests start the workflow. All conditions must hold."""

    EXAMPLES: ClassVar[tuple[dict[str, Any], ...]] = (
        {
            "body": {
                "CityName": "Paris",
                "order.total": {"gte": 100},
                "order.items": {"any": {"sku": "B"}},
            },
            "query": {"dry_run": {"exists": False}},
            "headers": {"X-Event": {"in": ["order.created", "order.updated"]}},
        },
        {
            "any": [
                {"body": {"action": "opened"}},
                {"body": {"action": "labeled", "label.name": "build"}},
            ],
            "not": {"body": {"sender.type": "Bot"}},
        },
    )

    AT_LEAST_ONE: ClassVar = False

    otherwise: Annotated[
        Literal["reject", "ignore"],
        Meta(
            description="The answer to a request that does not match: `reject` answers 422, "
            '`ignore` answers 200 with {"status": "ignored"}.'
        ),
    ] = "reject"
