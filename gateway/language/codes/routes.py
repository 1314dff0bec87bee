"""Names and paths: what a schema cannot check."""

from __future__ import annotations

from gateway.language.codes.code import Code

ROUTES = (
    Code(
        "reserved-path",
        "error",
        "A path that belongs to the gateway",
        "All paths below `/-/` are for health, status and administration.",
    ),
    Code(
        "bad-route",
        "error",
        "A path that cannot be routed",
        "Clients resolve `.` and `..` before they send a path, so such a hook would never be "
        "called. A parameter has only one value, so its name may appear only once.",
    ),
    Code(
        "duplicate-name",
        "error",
        "Two hooks have the same name",
        "A name identifies one hook in logs, in reports and by default in its path. Both hooks "
        "get the finding. A disabled hook keeps its name.",
    ),
    Code(
        "duplicate-route",
        "error",
        "Two hooks have the same path and method",
        "Only one of them could answer. The names of path parameters do not matter: "
        "`/orders/{id}` and `/orders/{number}` are the same path. Disabled hooks do not count. "
        "Both hooks get the finding.",
    ),
    Code(
        "shadowed-path",
        "warning",
        "Some requests for a path never reach the hook",
        "If a literal segment and a parameter are in the same place, the router takes the "
        "literal and does not backtrack. With `/orders/{id}/items` and `/orders/open`, a request "
        "for `/orders/open/items` gets 404. The finding shows such a request.",
    ),
)
