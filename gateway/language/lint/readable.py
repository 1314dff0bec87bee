"""What a template can read where it stands, for the hint of one that reads something else."""

from __future__ import annotations

from difflib import get_close_matches

from msgspec import UNSET

from gateway.language.answers import KINDS, Written, answers_of
from gateway.language.durable import durable_of
from gateway.language.inputs import WITH_BODY, Slot
from gateway.language.lint.route import parameters
from gateway.language.signed import sender_of
from gateway.language.spec import (
    BasicAuthentication,
    Hook,
    JwtAuthentication,
    NoAuthentication,
    SignatureAuthentication,
)
from gateway.language.template import ANSWERED, FILTERS, BadTemplate
from gateway.language.template.roots import NAMES, ROOTS
from gateway.language.yaml12 import Steps

UNANSWERED = frozenset(KINDS[:2])
"""The failures without an answer of the workflow."""

Readable = dict[str, tuple[str, ...]]
"""Root → the names behind it; of body, query and headers they are the caller's, and these examples.
"""


def readable(hook: Hook, slot: Slot) -> Readable:
    """The roots in the order of the manual, without those that are never there."""
    known: Readable = {
        "body": ("name",) if WITH_BODY & set(hook.methods) else (),
        "query": ("name",),
        "headers": ("X-Event",),
        "path": tuple(parameters(hook)),
        "sender": (*of_sender(hook), "address"),
        "request": _of_request(slot),
        "hook": NAMES["hook"],
        "run": NAMES["run"] if slot.position != "operand" and not _is_key(slot) else (),
        **_of_answer(hook, slot.steps),
    }
    return {root: names for root, names in known.items() if names}


def _is_key(slot: Slot) -> bool:
    return slot.position == "key"


def _of_request(slot: Slot) -> tuple[str, ...]:
    """Nothing that differs in every request identifies one."""
    return tuple(one for one in NAMES["request"] if not _is_key(slot) or one != "received")


def _of_answer(hook: Hook, steps: Steps) -> Readable:
    written = answer_at(hook, steps)
    if written is None or durable_of(hook) is not None:
        return {}
    if written.kinds is None:
        return {"workflow": ANSWERED["workflow"]}
    never = written.kinds <= UNANSWERED
    return {"workflow": ("duration_ms",) if never else ANSWERED["workflow"]} | {
        "failure": ANSWERED["failure"]
    }


def answer_at(hook: Hook, steps: Steps) -> Written | None:
    """The answer that a template stands in."""
    found = (one for one in answers_of(hook) if one.steps == steps[: len(one.steps)])
    return max(found, key=lambda one: len(one.steps), default=None)


def before_workflow(name: str) -> tuple[str, str, str]:
    """Code, message and hint for what the answer of a durable hook cannot read."""
    message = f"a durable hook answers before the workflow is called: '{name}' is not there yet"
    return "answer-before-workflow", message, "answer with ${run.id}, or remove 'delivery'"


def of_sender(hook: Hook) -> tuple[str, ...]:
    """What of a sender the hook's authentication tells."""
    match hook.authentication:
        case BasicAuthentication():
            return ("credential", "username")
        case JwtAuthentication():
            return ("credential", "claims")
        case SignatureAuthentication() as written:
            scheme = sender_of(written.scheme).scheme
            # What a body says of itself is read from the body.
            apart = scheme.body is UNSET
            timed = scheme.timestamp is not UNSET and scheme.timestamp.body is UNSET
            found = {"id": apart and scheme.id is not UNSET, "timestamp": apart and timed}
            return ("credential", *(name for name, there in found.items() if there))
        case NoAuthentication() | str():
            return ()
    return () if hook.authentication is UNSET else ("credential",)


def hint(hook: Hook, slot: Slot, bad: BadTemplate) -> str:
    """What to write in place of a template that cannot be read."""
    known = readable(hook, slot)
    if not bad.wanted:
        return bad.hint if "body" in known else bad.hint.replace("${body.", "${query.")
    root, dot, name = bad.wanted.partition(".")
    if root in known:
        return _name(root, name, known[root]) if dot else _example(root, known[root])
    if not dot and root not in (*ROOTS, *ANSWERED):
        return _word(root, known)
    close = get_close_matches(root.lower(), known, 1)
    return f"did you mean '{close[0]}'?" if close else f"it can read {', '.join(known)}"


_BELOW = {
    "sender.claims": "${sender.claims.*} is all claims, ${sender.claims.sub} is one of them",
    "workflow.body": "for example ${workflow.body.id} or ${workflow.headers.Location}",
    "workflow.headers": "for example ${workflow.body.id} or ${workflow.headers.Location}",
}
"""For names that are followed by a name themselves."""


def _name(root: str, name: str, names: tuple[str, ...]) -> str:
    if name in names:
        return _BELOW.get(f"{root}.{name}", "")
    close = get_close_matches(name.lower(), names, 1)
    if close:
        return f"did you mean '{_written(root, close[0])}'?"
    return f"it can read {', '.join(_written(root, one) for one in names)}"


def _example(root: str, names: tuple[str, ...]) -> str:
    example = f"${{{_written(root, names[0])}}}"
    if root in ("body", "query"):
        return f"${{{root}.*}} is the whole {root}, {example} is one parameter"
    return f"for example {example}"


def _written(root: str, name: str) -> str:
    """An input that stands for one of these, as a template has it."""
    more = {"claims": ".sub", "body": ".id", "headers": ".Location"}
    return f"{root}.{name}" + (more.get(name, "") if root in ("sender", "workflow") else "")


def _word(word: str, known: Readable) -> str:
    """For a word without a dot."""
    source = next(iter(known))
    if close := get_close_matches(word.lower(), known, 1):
        return f"did you mean '{close[0]}.…'?"
    if word in FILTERS:
        return f"write the filter after the value: ${{{source}.name | {word}}}"
    if word.isascii() and word.replace("-", "_").isidentifier() and len(word) <= _LONGEST:
        return f"write an input, such as {source}.{word}, or text in single quotes: '{word}'"
    return "text is written in single quotes: 'text'"


_LONGEST = 32
"""Characters of a word that a hint repeats."""
