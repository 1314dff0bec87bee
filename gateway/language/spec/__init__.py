"""The hook language as frozen structs; their docstrings are the manual and the JSON Schema."""

from gateway.language.spec.authentication import (
    Authentication,
    BasicAuthentication,
    BearerAuthentication,
    NoAuthentication,
    Password,
    SecretReference,
    Token,
    User,
)
from gateway.language.spec.hook import Hook
from gateway.language.spec.match import OPERATORS, Condition, Elements, Match, Operators
from gateway.language.spec.response import Response
from gateway.language.spec.workflow import Retry, Workflow

__all__ = [
    "OPERATORS",
    "Authentication",
    "BasicAuthentication",
    "BearerAuthentication",
    "Condition",
    "Elements",
    "Hook",
    "Match",
    "NoAuthentication",
    "Operators",
    "Password",
    "Response",
    "Retry",
    "SecretReference",
    "Token",
    "User",
    "Workflow",
]
