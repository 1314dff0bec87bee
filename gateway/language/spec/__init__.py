"""The hook language as frozen structs; their docstrings are the manual and the JSON Schema."""

from gateway.language.spec.api_key import ApiKeyAuthentication
from gateway.language.spec.authentication import (
    BasicAuthentication,
    BearerAuthentication,
    NoAuthentication,
    Password,
    SecretReference,
    Token,
    User,
)
from gateway.language.spec.cors import Cors
from gateway.language.spec.deduplicate import Deduplicate, Digest
from gateway.language.spec.delivery import (
    DirectDelivery,
    DurableDelivery,
    Order,
    Retention,
    RetrySchedule,
)
from gateway.language.spec.hook import Authentication, Hook
from gateway.language.spec.jwt import JwtAuthentication
from gateway.language.spec.limits import Limits
from gateway.language.spec.match import OPERATORS, Condition, Elements, Length, Operators
from gateway.language.spec.receive import Receive
from gateway.language.spec.response import Answer, Failure, Response
from gateway.language.spec.rules import Match, Rule
from gateway.language.spec.signature import SignatureAuthentication
from gateway.language.spec.workflow import Retry, Workflow

__all__ = [
    "OPERATORS",
    "Answer",
    "ApiKeyAuthentication",
    "Authentication",
    "BasicAuthentication",
    "BearerAuthentication",
    "Condition",
    "Cors",
    "Deduplicate",
    "Digest",
    "DirectDelivery",
    "DurableDelivery",
    "Elements",
    "Failure",
    "Hook",
    "JwtAuthentication",
    "Length",
    "Limits",
    "Match",
    "NoAuthentication",
    "Operators",
    "Order",
    "Password",
    "Receive",
    "Response",
    "Retention",
    "Retry",
    "RetrySchedule",
    "Rule",
    "SecretReference",
    "SignatureAuthentication",
    "Token",
    "User",
    "Workflow",
]
