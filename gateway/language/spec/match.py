"""What is asked of one value: an intended value, or operators."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias

from msgspec import UNSET, Meta, UnsetType

from gateway.language.literals import ConstantLiteral
from gateway.language.spec.base import Converted, Written

Scalar: TypeAlias = str | int | Decimal | bool | ConstantLiteral | None

if TYPE_CHECKING:
    Ordered: TypeAlias = int | Decimal | str
    Condition: TypeAlias = Scalar | list[Any] | "Operators"
else:

    class Ordered(metaclass=Converted):
        """A bound: a number or text."""

    class Condition(metaclass=Converted):
        """An intended value (equality), or operators."""


MOST = 10_000
"""Values that `in` and `not_in` may list."""

Count = Annotated[int, Meta(ge=0)]


class Elements:
    """What an element of an array must be, for `any`, `all` and `none`.

    `rule` is one of: an intended value, `Operators` on the element itself, or a dict from paths
    inside the element to conditions. A mapping whose keys are all operators is operators, one
    whose keys are all paths is paths, a mixture is a mistake; a path that has an operator's name
    is written as a JSON Pointer (`/eq`).
    """

    __slots__ = ("rule",)

    def __init__(self, rule: Condition | dict[str, Condition]) -> None:
        self.rule = rule

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Elements) and self.rule == other.rule

    def __hash__(self) -> int:
        return hash(repr(self.rule))

    def __repr__(self) -> str:
        return f"Elements({self.rule!r})"


class Length(Written, frozen=True, kw_only=True, rename={"in_": "in"}):
    """Conditions on how many there are; all of them must hold."""

    EXAMPLES: ClassVar = ({"gte": 1, "lte": 100},)

    AT_LEAST_ONE: ClassVar = True

    eq: Annotated[Count | UnsetType, Meta(description="Is this many.")] = UNSET
    ne: Annotated[Count | UnsetType, Meta(description="Is not this many.")] = UNSET
    in_: (
        Annotated[
            list[Count],
            Meta(min_length=1, max_length=MOST, description="Is one of these numbers."),
        ]
        | UnsetType
    ) = UNSET
    gt: Annotated[Count | UnsetType, Meta(description="Is more than this.")] = UNSET
    gte: Annotated[Count | UnsetType, Meta(description="Is this or more.")] = UNSET
    lt: Annotated[Count | UnsetType, Meta(description="Is less than this.")] = UNSET
    lte: Annotated[Count | UnsetType, Meta(description="Is this or less.")] = UNSET


class Operators(Written, frozen=True, kw_only=True, rename={"in_": "in"}):
    """Conditions on one value; all of them must hold."""

    EXAMPLES: ClassVar = (
        {"gte": 100, "lt": 1000},
        {"any": {"sku": "B"}},
        {"lte": "${body.order.limit}"},
    )

    AT_LEAST_ONE: ClassVar = True

    eq: Annotated[Any, Meta(description="Equals this value, of the same JSON type.")] = UNSET
    ne: Annotated[Any, Meta(description="Is missing, or another value of this type.")] = UNSET
    in_: (
        Annotated[
            list[Any],
            Meta(min_length=1, max_length=MOST, description="Equals one of these values."),
        ]
        | UnsetType
    ) = UNSET
    not_in: (
        Annotated[
            list[Any],
            Meta(
                min_length=1,
                max_length=MOST,
                description="Is missing, or is of their type and equals none of these values.",
            ),
        ]
        | UnsetType
    ) = UNSET
    gt: Annotated[Ordered | UnsetType, Meta(description="Is greater than this.")] = UNSET
    gte: Annotated[Ordered | UnsetType, Meta(description="Is this or greater.")] = UNSET
    lt: Annotated[Ordered | UnsetType, Meta(description="Is less than this.")] = UNSET
    lte: Annotated[Ordered | UnsetType, Meta(description="Is this or less.")] = UNSET
    prefix: (
        Annotated[str, Meta(min_length=1, description="Is text that starts with this.")] | UnsetType
    ) = UNSET
    suffix: (
        Annotated[str, Meta(min_length=1, description="Is text that ends with this.")] | UnsetType
    ) = UNSET
    contains: Annotated[
        Any, Meta(description="Is text that contains this text, or an array with this element.")
    ] = UNSET
    pattern: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=1024,
                description="Is text in which this RE2 expression is found; anchor it "
                "with ^ and $.",
                examples=["^order\\."],
            ),
        ]
        | UnsetType
    ) = UNSET
    exists: Annotated[
        bool | UnsetType, Meta(description="Is present (true) or missing (false).")
    ] = UNSET
    any: Annotated[
        Elements | UnsetType, Meta(description="Is an array with at least one matching element.")
    ] = UNSET
    all: Annotated[
        Elements | UnsetType,
        Meta(description="Is an array whose elements all match (also an empty array)."),
    ] = UNSET
    none: Annotated[
        Elements | UnsetType,
        Meta(description="Is missing, or is an array without a matching element."),
    ] = UNSET
    length: Annotated[
        Count | Length | UnsetType,
        Meta(
            description="Is an array, an object or text with this many elements, members or "
            "characters.",
            examples=[{"gte": 1}],
        ),
    ] = UNSET


OPERATORS: tuple[str, ...] = Operators.__struct_encode_fields__
"""The operators by the names that authors write, in the order of the manual."""
