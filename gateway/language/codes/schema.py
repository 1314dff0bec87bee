"""What stands in a hook, against the JSON Schema."""

from __future__ import annotations

from gateway.language.codes.code import Code

SCHEMA = (
    Code(
        "unknown-key",
        "error",
        "An unknown key",
        "A misspelt key would otherwise be a rule that is never applied. The hint shows a "
        "similar key, or the mapping that has this key.",
    ),
    Code(
        "missing-key",
        "error",
        "A required key is missing",
        "The finding points to the mapping that lacks the key.",
    ),
    Code(
        "conflicting-keys",
        "error",
        "Keys that exclude each other",
        "Some mappings must have exactly one of several keys: a token is a `sha256`, a `secret` "
        "or an `env`, not two of them.",
    ),
    Code(
        "wrong-type",
        "error",
        "A value of the wrong type",
        "The gateway reads values as YAML 1.2: `yes`, `on` and `0755` are text, `true` and "
        "`8080` are not. For text, write quotes. A key with nothing after its `:` has the value "
        "null, which is allowed only in rules.",
    ),
    Code(
        "unknown-value",
        "error",
        "A value that is not among the choices",
        "Only the values that the message lists are allowed, in this spelling.",
    ),
    Code(
        "bad-format",
        "error",
        "Text in the wrong form",
        "The text does not have the form that the message describes, such as a duration without "
        "its unit or a name with capital letters.",
    ),
    Code(
        "bad-key",
        "error",
        "A key in the wrong form",
        "In `headers`, `query` and `body` you choose the keys, but not every text is allowed. "
        "For example, the name of a header has no spaces.",
    ),
    Code(
        "too-short",
        "error",
        "Too few characters or entries",
        "The most common case is an empty list. An empty list of credentials would refuse every "
        "caller.",
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
        "The message shows the smallest and the largest allowed number.",
    ),
    Code(
        "empty-rule",
        "error",
        "A rule without a condition",
        "An empty rule would accept every request. Usually its conditions are indented wrongly "
        "or commented out. To accept every request on purpose, remove `match`.",
    ),
    Code(
        "secret-in-yaml",
        "error",
        "The file contains a secret",
        "Everyone who can read the repository, its history or the ConfigMap can read the secret. "
        "Write a reference, `{secret: NAME}` or `{env: NAME}`, or the digest that `gateway "
        "token` or `gateway password` prints, and replace the secret itself. The finding does "
        "not show the line.",
    ),
    Code(
        "invalid-value",
        "error",
        "A value that is not allowed here",
        "The value satisfies the JSON Schema but cannot be used, such as `5.0` for a whole number.",
    ),
)
