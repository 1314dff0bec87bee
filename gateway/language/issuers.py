"""The forms of the credentials that known issuers make.

They are those that the issuers document for secret scanning, as GitHub, GitLab and gitleaks collect
them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_BEFORE = r"(?<![A-Za-z0-9_-])"


class Issuer(NamedTuple):
    """`mark` stands in every credential of the issuer, so that most texts are not searched, and
    most patterns are never compiled.
    """

    name: str
    mark: str
    pattern: str


def _issuer(name: str, mark: str, after: str) -> Issuer:
    """An issuer whose credentials begin with the mark."""
    return Issuer(name, mark, _BEFORE + re.escape(mark) + after)


def _issuers(name: str, marks: tuple[str, ...], after: str) -> tuple[Issuer, ...]:
    return tuple(_issuer(name, mark, after) for mark in marks)


_ALNUM, _URL_SAFE, _HEX = "[A-Za-z0-9]", "[A-Za-z0-9_-]", "[0-9a-f]"

ISSUERS: tuple[Issuer, ...] = (
    *_issuers("GitHub", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), f"{_ALNUM}{{36,}}"),
    _issuer("GitHub", "github_pat_", "[A-Za-z0-9_]{36,}"),
    *_issuers("GitLab", ("glpat-", "gldt-", "glrt-", "glptt-", "glsoat-"), f"{_URL_SAFE}{{20,}}"),
    *_issuers(
        "Slack",
        ("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-"),
        "[A-Za-z0-9-]{10,}",
    ),
    Issuer(
        "Slack",
        "hooks.slack.com/",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/]{20,}",
    ),
    *_issuers("Stripe", ("sk_live_", "sk_test_", "rk_live_", "rk_test_"), f"{_ALNUM}{{10,}}"),
    _issuer("Standard Webhooks or Stripe", "whsec_", r"[A-Za-z0-9+/]{24,}={0,2}"),
    _issuer("Standard Webhooks", "whsk_", r"[A-Za-z0-9+/]{24,}={0,2}"),
    *_issuers("AWS", ("AKIA", "ASIA", "ABIA"), "[A-Z2-7]{16}(?![A-Za-z0-9])"),
    _issuer("Google", "AIza", f"{_URL_SAFE}{{35}}"),
    _issuer("Google", "ya29.", f"{_URL_SAFE}{{20,}}"),
    _issuer("Google", "GOCSPX-", f"{_URL_SAFE}{{20,}}"),
    _issuer("npm", "npm_", f"{_ALNUM}{{36}}"),
    _issuer("PyPI", "pypi-", f"{_URL_SAFE}{{50,}}"),
    _issuer("RubyGems", "rubygems_", f"{_HEX}{{48}}"),
    _issuer("SendGrid", "SG.", rf"{_URL_SAFE}{{16,}}\.{_URL_SAFE}{{16,}}"),
    _issuer("Twilio", "SK", f"{_HEX}{{32}}(?![A-Za-z0-9])"),
    *_issuers("Shopify", ("shpat_", "shpca_", "shppa_", "shpss_"), "[A-Fa-f0-9]{32}"),
    *_issuers("DigitalOcean", ("dop_v1_", "doo_v1_", "dor_v1_"), f"{_HEX}{{64}}"),
    _issuer("Hugging Face", "hf_", f"{_ALNUM}{{30,}}"),
    _issuer("Anthropic", "sk-ant-", f"{_URL_SAFE}{{20,}}"),
    Issuer(
        "OpenAI",
        "sk-",
        rf"{_BEFORE}sk-(?:{_URL_SAFE}{{20,200}}T3BlbkFJ{_URL_SAFE}{{20,}}|{_ALNUM}{{48}})",
    ),
    _issuer("Linear", "lin_api_", f"{_ALNUM}{{32,}}"),
    _issuer("Linear", "lin_wh_", f"{_ALNUM}{{20,}}"),
    _issuer("Notion", "ntn_", f"{_ALNUM}{{40,}}"),
    _issuer("Notion", "secret_", f"{_ALNUM}{{43}}(?![A-Za-z0-9])"),
    *_issuers("Doppler", ("dp.pt.", "dp.st.", "dp.ct.", "dp.sa."), f"{_ALNUM}{{40,}}"),
    _issuer("Databricks", "dapi", f"{_HEX}{{32}}"),
    _issuer("Grafana", "glsa_", f"{_ALNUM}{{32}}_{_HEX}{{8}}"),
    _issuer("Grafana", "glc_", "[A-Za-z0-9+/]{32,}={0,2}"),
    *_issuers("Vault", ("hvs.", "hvb.", "hvr."), f"{_URL_SAFE}{{20,}}"),
    _issuer("Postman", "PMAK-", f"{_HEX}{{24}}-{_HEX}{{34}}"),
    *_issuers("Square", ("sq0atp-", "sq0csp-", "EAAAE"), f"{_URL_SAFE}{{22,}}"),
    _issuer("Mailgun", "key-", f"{_HEX}{{32}}"),
    Issuer("Mailchimp", "-us", rf"{_BEFORE}{_HEX}{{32}}-us[0-9]{{1,2}}(?![0-9])"),
    _issuer("New Relic", "NRAK-", "[A-Z0-9]{27}"),
    _issuer("Paddle", "pdl_", f"(?:ntfset|live|sdbx)_{_ALNUM}{_URL_SAFE}{{19,}}"),
    _issuer("Atlassian", "ATATT3", "[A-Za-z0-9_=-]{40,}"),
    _issuer("Docker", "dckr_pat_", f"{_URL_SAFE}{{20,}}"),
    _issuer("Pulumi", "pul-", f"{_HEX}{{40}}"),
    _issuer("PlanetScale", "pscale_", f"(?:tkn|pw|oauth)_{_URL_SAFE}{{20,}}"),
    _issuer("Sentry", "sntrys_", r"[A-Za-z0-9+/=_-]{40,}"),
    _issuer("Airtable", "pat", rf"{_ALNUM}{{14}}\.{_HEX}{{64}}"),
    _issuer("Fly.io", "FlyV1 ", r"fm[0-9]_[A-Za-z0-9+/=,_-]{40,}"),
    _issuer("Supabase", "sbp_", f"{_HEX}{{40}}"),
    _issuer("age", "AGE-SECRET-KEY-1", "[0-9A-Z]{58}"),
    Issuer("Telegram", ":AA", rf"{_BEFORE}[0-9]{{8,10}}:AA{_URL_SAFE}{{33}}"),
    Issuer(
        "Discord",
        ".",
        rf"{_BEFORE}[MNO][A-Za-z0-9_-]{{23,27}}\.{_URL_SAFE}{{6}}\.{_URL_SAFE}{{27,40}}",
    ),
    Issuer(
        "Discord",
        "/api/webhooks/",
        rf"/api/webhooks/[0-9]{{15,20}}/{_URL_SAFE}{{30,}}",
    ),
    Issuer("Azure", "Key=", r"(?:Account|SharedAccess)Key=[A-Za-z0-9+/]{30,}={0,2}"),
    Issuer("Azure", "sig=", r"(?<=[?&])sig=[A-Za-z0-9%+/_-]{30,}"),
    Issuer("Azure", "8Q~", rf"{_BEFORE}[A-Za-z0-9_.~-]{{3}}8Q~[A-Za-z0-9_.~-]{{31,34}}"),
    _issuer(
        "a JSON Web Token", "eyJ", rf"{_URL_SAFE}{{8,}}\.eyJ{_URL_SAFE}{{8,}}\.{_URL_SAFE}{{16,}}"
    ),
    Issuer(
        "a private key",
        "PRIVATE KEY",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?s:.)*?-----END [A-Z0-9 ]*|(?s:.)*)",
    ),
    Issuer("a URL with a password", "://", r"(?<=://)[^\s/?#@:'\"{}]*:[^\s/?#@'\"]+(?=@)"),
)
"""Of one issuer there may be several; two that both fit are told apart by their order."""
