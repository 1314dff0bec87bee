"""What every struct of the language has in common."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from msgspec import UNSET


class Written(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A mapping that an author wrote.

    `EXACTLY_ONE` names keys of which one and only one must stand there; the JSON Schema says the
    same as `oneOf`. `AT_LEAST_ONE` asks for any key at all (`minProperties: 1`): an empty rule
    is never a rule. `EXAMPLES` are shown by the schema and by the reference.
    """

    EXACTLY_ONE: ClassVar[tuple[str, ...]] = ()
    AT_LEAST_ONE: ClassVar[bool] = False
    EXAMPLES: ClassVar[tuple[dict[str, Any], ...]] = ()

    def __post_init__(self) -> None:
        if self.EXACTLY_ONE:
            given = [k for k in self.EXACTLY_ONE if getattr(self, k) is not UNSET]
            if len(given) != 1:
                raise ValueError(f"exactly one of {', '.join(self.EXACTLY_ONE)} is required")
        if self.AT_LEAST_ONE and all(
            getattr(self, field) is UNSET for field in self.__struct_fields__
        ):
            raise ValueError("an empty rule is not a rule")


class Converted(type):
    """What makes a class that stands for a union which msgspec cannot read exactly.

    `decode` reads its values. msgspec asks whether they are instances of the class, which is true
    of all, and would make binary floats of decimals in a union of its own.
    """

    def __instancecheck__(cls, _value: object) -> bool:
        return True
