"""What stands in a hook, against the JSON Schema."""

from __future__ import annotations

from gateway.language.codes.code import Code

SCHEMA = (
    Code(
        "unknown-key",
        "error",
        "A key that the language does not have",
        "A misspelt key would otherwise be a rule that is never applied. The hint names the key "
        "that was probably meant, or the place where this one belongs.",
    ),
    Code(
        "missing-key",
        "error",
        "A key that must be there is not",
        "The finding stands at the mapping that lacks it.",
    ),
    Code(
        "conflicting-keys",
        "error",
        "Keys that exclude each other",
        "Of some keys exactly one may stand in a mapping: a token is a `sha256`, a `secret` or "
        "an `env`, not two of them.",
    ),
    Code(
        "wrong-type",
        "error",
        "A value of another type",
        "Values are read as YAML 1.2 has it: `yes`, `on` and `0755` are text, `true` and `8080` "
        "are not. Write quotes where text is meant. A key with nothing behind its `:` has the "
        "value null, which stands nowhere but in rules.",
    ),
    Code(
        "unknown-value",
        "error",
        "A value that is not among the choices",
        "Only the values that the message lists can stand here, in this spelling.",
    ),
    Code(
        "bad-format",
        "error",
        "Text of another form",
        "The text does not have the form that the message describes, such as a duration without "
        "its unit or a name with capital letters.",
    ),
    Code(
        "bad-key",
        "error",
        "A key of another form",
        "In `headers`, `query` and `body` the keys are names of an author's choice, but not any "
        "text can be one: a header's name has no spaces.",
    ),
    Code(
        "too-short",
        "error",
        "Too few characters or entries",
        "Most often an empty list: a list of credentials with nothing in it would let nobody in, "
        "and what it was meant to say is lost.",
    ),
    Code(
        "too-long",
        "error",
        "Too many characters or entries",
        "The limit is in the message.",
    ),
    Code(
        "out-of-range",
        "error",
        "A number that is too small or too large",
        "The bounds are in the message; both are allowed.",
    ),
    Code(
        "empty-rule",
        "error",
        "A rule without a condition",
        "An empty rule would let every request pass, which is hardly what was meant by writing "
        "it. Usually the conditions under it are indented wrongly or commented out. Remove "
        "`match` where every request is the intended one.",
    ),
    Code(
        "secret-in-yaml",
        "error",
        "A secret stands in the file",
        "Whoever can read the repository, its history or the ConfigMap can read it. Write a "
        "reference, `{secret: NAME}` or `{env: NAME}`, or the digest that `gateway token` or "
        "`gateway password` makes, and replace the secret itself. Its line is not shown again.",
    ),
    Code(
        "invalid-value",
        "error",
        "A value that cannot stand here",
        "The value satisfies the JSON Schema and still cannot be read, such as `5.0` where a "
        "whole number is asked for.",
    ),
)
