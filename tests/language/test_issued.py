"""Credentials are told by how they look, and nothing else is taken for one.

The samples are put together here, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from pathlib import Path

import pytest

from gateway.language.issued import SHORTEST, credentials, masked
from gateway.language.issuers import ISSUERS
from tests.support.octokit import deliveries

ROOT = Path(__file__).parents[2]
ALNUM = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA3bC6dE9fG2hJ5kL8mN1pQ4rS7"
HEX = "0123456789abcdef" * 4
PRIVATE = "-----BEGIN RSA " + "PRIVATE KEY-----"
UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"

SAMPLES = {
    "GitHub": ("ghp_" + ALNUM[:36], "gho_" + ALNUM[:36], "github_pat_" + ALNUM[:40]),
    "GitLab": ("glpat-" + ALNUM[:20],),
    "Slack": ("xoxb-1234567890-" + ALNUM[:24], "hooks.slack.com/services/T0/B0/" + ALNUM[:24]),
    "Stripe": ("sk_live_" + ALNUM[:24], "rk_live_" + ALNUM[:24], "sk_test_" + ALNUM[:24]),
    "Standard Webhooks or Stripe": ("whsec_" + ALNUM[:32],),
    "Standard Webhooks": ("whsk_" + ALNUM[:44],),
    "AWS": ("AKIA" + UPPER[:16], "ASIA" + UPPER[:16]),
    "Google": ("AIza" + ALNUM[:35], "ya29." + ALNUM[:40], "GOCSPX-" + ALNUM[:28]),
    "npm": ("npm_" + ALNUM[:36],),
    "PyPI": ("pypi-" + ALNUM[:56],),
    "RubyGems": ("rubygems_" + HEX[:48],),
    "SendGrid": ("SG." + ALNUM[:22] + "." + ALNUM[:43],),
    "Twilio": ("SK" + HEX[:32],),
    "Shopify": ("shpat_" + HEX[:32],),
    "DigitalOcean": ("dop_v1_" + HEX,),
    "Hugging Face": ("hf_" + ALNUM[:34],),
    "Anthropic": ("sk-ant-" + "api03-" + ALNUM[:40],),
    "OpenAI": ("sk-" + ALNUM[:48], "sk-proj-" + ALNUM[:24] + "T3BlbkFJ" + ALNUM[:24]),
    "Linear": ("lin_api_" + ALNUM[:40],),
    "Notion": ("ntn_" + ALNUM[:46], "secret_" + ALNUM[:43]),
    "Doppler": ("dp.pt." + ALNUM[:43],),
    "Databricks": ("dapi" + HEX[:32],),
    "Grafana": ("glsa_" + ALNUM[:32] + "_" + HEX[:8],),
    "Vault": ("hvs." + ALNUM[:24],),
    "Postman": ("PMAK-" + HEX[:24] + "-" + HEX[:34],),
    "Square": ("sq0atp-" + ALNUM[:22],),
    "Mailgun": ("key-" + HEX[:32],),
    "Mailchimp": (HEX[:32] + "-us12",),
    "New Relic": ("NRAK-" + UPPER[:27],),
    "Paddle": ("pdl_ntfset_" + ALNUM[:30],),
    "Atlassian": ("ATATT3" + ALNUM[:44],),
    "Docker": ("dckr_pat_" + ALNUM[:27],),
    "Pulumi": ("pul-" + HEX[:40],),
    "PlanetScale": ("pscale_tkn_" + ALNUM[:32],),
    "Sentry": ("sntrys_" + ALNUM[:44],),
    "Airtable": ("pat" + ALNUM[:14] + "." + HEX,),
    "Fly.io": ("FlyV1 fm2_" + ALNUM[:44],),
    "Supabase": ("sbp_" + HEX[:40],),
    "age": ("AGE-SECRET-KEY-1" + (UPPER * 2)[:58],),
    "Telegram": ("1234567890:AA" + ALNUM[:33],),
    "Discord": ("M" + ALNUM[:24] + "." + ALNUM[:6] + "." + ALNUM[:30],),
    "Azure": ("AccountKey=" + ALNUM[:44] + "==", "x8Q~".rjust(6, "A") + ALNUM[:31]),
    "a JSON Web Token": ("eyJ" + ALNUM[:20] + ".eyJ" + ALNUM[:20] + "." + ALNUM[:40],),
    "a private key": (f"{PRIVATE}\n{ALNUM}\n-----END RSA PRIVATE KEY-----",),
    "a URL with a password": ("user:hunter2",),
}


def test_every_issuer_has_a_sample_and_there_are_more_than_thirty() -> None:
    assert {issuer.name for issuer in ISSUERS} == SAMPLES.keys()
    assert len(SAMPLES) > 30


@pytest.mark.parametrize(
    ("issuer", "sample"), [(name, one) for name, samples in SAMPLES.items() for one in samples]
)
def test_a_credential_is_told_by_its_form_and_masked(issuer: str, sample: str) -> None:
    before, after = ("https://", "@host") if issuer == "a URL with a password" else ("x: '", "' #")
    (found,) = credentials(before + sample + after)
    assert found.issuer == issuer
    shown = masked(before + sample + after)
    assert (shown[: len(before)], shown[-len(after) :]) == (before, after)
    assert "***" in shown
    assert sample[-12:] not in shown


def test_what_is_random_is_told_without_an_issuer() -> None:
    """Of random base64, 99 in 100 are; the rest are mixed as names are. The samples are fixed."""
    found = [credentials(f"value: {_random_text(number)}") for number in range(1000)]
    assert {tuple(one.issuer for one in each) for each in found if each} == {("",)}
    assert sum(map(bool, found)) >= 990


def _random_text(number: int) -> str:
    return base64.b64encode(hashlib.sha384(b"%d" % number).digest()).decode().replace("/", "x")


SIGNATURE = re.compile("-----BEGIN PGP SIGNATURE-----.*?-----END PGP SIGNATURE-----")
PUBLIC = [
    hashlib.sha256(b"x").hexdigest(),
    HEX[:40],
    HEX[:32],
    hashlib.sha512(b"x").hexdigest(),
    str(uuid.UUID(int=2**127)),
    "scrypt$ln=15,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$KxuYKvJ1sl1gAKuGSxi8Yh3RHZrNLqJ8Xt7KJ3wW7Ew",
    "whpk_" + base64.b64encode(hashlib.sha256(b"x").digest()).decode(),
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
    "2027-01-31T00:00:00.000000+00:00",
    "https://workflows.internal/run/paris?version=2026-01-01&page=10",
    "https://user@workflows.internal:8080/run",
    "http://[::1]:9000/a:b@c",
    "X-Twilio-Email-Event-Webhook-Signature",
    "customer.subscription.created.v2.EventTypeNameOfTheSender",
    "refs/heads/feature/ABC-1234-Something-That-Is-Long",
    "registry.internal/team/image@sha256:" + hashlib.sha256(b"y").hexdigest(),
    "sk-production-token-of-the-workflow-for-paris",
    "ghp_…",
    "whsec_production",
    "AKIAIOSFODNN7EXAMPLE",
    "sha256=" + HEX,
    "arn:aws:sns:eu-central-1:123456789012:MyTopicForOrders2026",
    "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    "com.Example.Services.OrderProcessingServiceV2Implementation",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public_is_no_credential(text: str) -> None:
    assert credentials(f"value: {text}") == []
    assert masked(text) == text


@pytest.mark.parametrize("pattern", ["hooks.d/*.yaml", "docs/*.md", "README.md"])
def test_the_examples_and_the_pages_hold_no_credential(pattern: str) -> None:
    pages = list(ROOT.glob(pattern))
    assert pages
    for page in pages:
        text = page.read_text()
        assert [text[one.start : one.end] for one in credentials(text)] == [], page


def test_what_github_sends_holds_no_credential() -> None:
    for delivery in deliveries("x"):
        # the key's identifier in a signed URL: a true one, of 2021
        text = SIGNATURE.sub("", delivery.body.decode().replace("AKIAIWNJYAX4CSVEH53A", ""))
        assert [text[one.start : one.end] for one in credentials(text)] == [], delivery.event


@pytest.mark.parametrize("text", ["M", "sk-", "://a", "eyJ", "aB3-", "-----BEGIN PRIVATE KEY-----"])
def test_a_long_text_is_searched_in_one_pass(text: str) -> None:
    credentials(text * (2**20 // len(text)))


def test_no_credential_is_shorter_than_what_is_looked_at() -> None:
    for issuer in ISSUERS:
        if issuer.mark != "://":
            shortest, _ = re._parser.parse(issuer.pattern).getwidth()  # type: ignore[attr-defined]
            assert shortest >= SHORTEST, issuer
