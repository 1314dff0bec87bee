"""What keys and operators are called elsewhere: the words that people bring along."""

from __future__ import annotations

from collections.abc import Container

_HERE: dict[str, tuple[str, ...]] = {
    "eq": ("=", "==", "equal", "equals", "is", "value", "values"),
    "ne": ("!=", "<>", "neq", "not", "notequal", "notequals"),
    "in": ("oneof", "anyof"),
    "not_in": ("nin", "noneof", "notoneof"),
    "gt": (">", "greater", "greaterthan", "above", "after"),
    "gte": (">=", "ge", "min", "minimum", "atleast"),
    "lt": ("<", "less", "lessthan", "below", "before"),
    "lte": ("<=", "le", "max", "maximum", "atmost"),
    "prefix": ("startswith", "beginswith", "begins", "starts"),
    "suffix": ("endswith", "ends"),
    "contains": ("include", "includes", "has", "substring"),
    "pattern": ("regex", "regexp", "re", "re2", "match", "matches", "like", "=~"),
    "exists": ("present", "defined", "isset", "required"),
    "any": ("some", "anymatch", "or"),
    "all": ("every", "each", "allmatch", "and"),
    "not": ("unless", "except", "exclude", "excludes", "nor"),
    "length": ("size", "count", "len"),
    "method": ("methods", "verb", "verbs", "httpmethod", "httpmethods"),
    "path": ("route", "endpoint", "uri"),
    "authentication": ("security", "credentials", "password", "token", "basic", "bearer"),
    "match": ("when", "if", "rule", "rules", "filter", "filters", "conditions", "triggerrule"),
    "workflow": ("target", "upstream", "backend", "forward", "action", "executecommand"),
    "response": ("reply", "answer", "return", "respond"),
    "url": ("uri", "href", "endpoint", "target"),
    "retry": ("retries", "attempts"),
    "signature": ("hmac", "hmacsha256", "hmacsha1", "sha256", "signed", "webhooksecret"),
    "header": ("apikey", "customheader"),
    "jwt": ("oidc", "oauth", "oauth2", "openid", "openidconnect"),
    "bearer": ("token", "oauth", "oauth2", "jwt"),
    "username": ("user", "name", "login"),
    "env": ("environment", "fromenv", "variable"),
    "secret": ("file", "secretname", "fromfile"),
    "sha256": ("hash", "digest", "hashed"),
    "select": ("outputs", "fields", "results"),
}
"""Word of the language → words for it elsewhere, without case, '_', '-' and spaces."""


def meant(shape: str, known: Container[str]) -> str:
    """The word of the language for one from elsewhere, where it is known; else nothing."""
    return next((here for here, words in _HERE.items() if here in known and shape in words), "")
