"""Credentials that can be told by how they look: the forms of known issuers, and chance.

The forms are those that the issuers document for secret scanning, as GitHub, GitLab and gitleaks
collect them. Digests, identifiers and public keys have no form of a credential.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
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


_ALNUM, _URL_SAFE, _HEX = "[A-Za-z0-9]", "[A-Za-z0-9_-]", "[0-9a-f]"

ISSUERS: tuple[Issuer, ...] = (
    *(
        _issuer("GitHub", mark, f"{_ALNUM}{{36,}}")
        for mark in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")
    ),
    _issuer("GitHub", "github_pat_", "[A-Za-z0-9_]{36,}"),
    *(
        _issuer("GitLab", mark, f"{_URL_SAFE}{{20,}}")
        for mark in ("glpat-", "gldt-", "glrt-", "glptt-", "glsoat-")
    ),
    *(
        _issuer("Slack", mark, "[A-Za-z0-9-]{10,}")
        for mark in ("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-")
    ),
    Issuer(
        "Slack",
        "hooks.slack.com/",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/]{20,}",
    ),
    *(
        _issuer("Stripe", mark, f"{_ALNUM}{{10,}}")
        for mark in ("sk_live_", "sk_test_", "rk_live_", "rk_test_")
    ),
    _issuer("Standard Webhooks or Stripe", "whsec_", r"[A-Za-z0-9+/]{24,}={0,2}"),
    _issuer("Standard Webhooks", "whsk_", r"[A-Za-z0-9+/]{24,}={0,2}"),
    *(_issuer("AWS", mark, "[A-Z2-7]{16}(?![A-Za-z0-9])") for mark in ("AKIA", "ASIA", "ABIA")),
    _issuer("Google", "AIza", f"{_URL_SAFE}{{35}}"),
    _issuer("Google", "ya29.", f"{_URL_SAFE}{{20,}}"),
    _issuer("Google", "GOCSPX-", f"{_URL_SAFE}{{20,}}"),
    _issuer("npm", "npm_", f"{_ALNUM}{{36}}"),
    _issuer("PyPI", "pypi-", f"{_URL_SAFE}{{50,}}"),
    _issuer("RubyGems", "rubygems_", f"{_HEX}{{48}}"),
    _issuer("SendGrid", "SG.", rf"{_URL_SAFE}{{16,}}\.{_URL_SAFE}{{16,}}"),
    _issuer("Twilio", "SK", f"{_HEX}{{32}}(?![A-Za-z0-9])"),
    *(
        _issuer("Shopify", mark, "[A-Fa-f0-9]{32}")
        for mark in ("shpat_", "shpca_", "shppa_", "shpss_")
    ),
    *(_issuer("DigitalOcean", mark, f"{_HEX}{{64}}") for mark in ("dop_v1_", "doo_v1_", "dor_v1_")),
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
    *(
        _issuer("Doppler", mark, f"{_ALNUM}{{40,}}")
        for mark in ("dp.pt.", "dp.st.", "dp.ct.", "dp.sa.")
    ),
    _issuer("Databricks", "dapi", f"{_HEX}{{32}}"),
    _issuer("Grafana", "glsa_", f"{_ALNUM}{{32}}_{_HEX}{{8}}"),
    _issuer("Grafana", "glc_", "[A-Za-z0-9+/]{32,}={0,2}"),
    *(_issuer("Vault", mark, f"{_URL_SAFE}{{20,}}") for mark in ("hvs.", "hvb.", "hvr.")),
    _issuer("Postman", "PMAK-", f"{_HEX}{{24}}-{_HEX}{{34}}"),
    *(_issuer("Square", mark, f"{_URL_SAFE}{{22,}}") for mark in ("sq0atp-", "sq0csp-", "EAAAE")),
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


class Credential(NamedTuple):
    """What looks like a credential in a text: from where to where, and whose it is.

    `issuer` is empty where only chance would make such a text.
    """

    start: int
    end: int
    issuer: str
    mark: str


SHORTEST = 15
"""Characters of the shortest credential that is not a part of a URL."""


def credentials(text: str) -> list[Credential]:
    """What looks like a credential, in the order of the text; none overlaps another."""
    found: list[Credential] = []
    for one in sorted([*_known(text), *_random(text)], key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def masked(text: str) -> str:
    """The text without what looks like a credential; of a known form its beginning is left."""
    shown, end = [], 0
    for one in credentials(text):
        shown += [text[end : one.start], one.mark, "***"]
        end = one.end
    return "".join([*shown, text[end:]]) if shown else text


def _known(text: str) -> Iterator[Credential]:
    if len(text) < SHORTEST and "://" not in text:
        return
    for issuer in ISSUERS:
        if issuer.mark not in text:
            continue
        for match in re.finditer(issuer.pattern, text):
            if "example" not in match[0].lower():
                mark = issuer.mark if match[0].startswith(issuer.mark) else ""
                yield Credential(match.start(), match.end(), issuer.name, mark)


_WORD = re.compile(r"(?<![A-Za-z0-9_+=./$-])[A-Za-z0-9_+-]{24,}={0,2}")
_PUBLIC = re.compile(
    r"whpk_|ssh-|AAAA|sha(?:256|384|512)-|M[FICH]|MD[0-9AEIMQUYcgk]|[A-Z]{1,8}_[kl][A-Za-z]"
)
"""How public keys, hashes of resources, and the identifiers of GitHub's objects begin."""
_JUDGED = 256
"""Characters of a word that are looked at."""


def _random(text: str) -> Iterator[Credential]:
    for match in _WORD.finditer(text):
        if not _PUBLIC.match(match[0]) and _is_random(match[0][:_JUDGED]):
            yield Credential(match.start(), match.end(), "", "")


def _is_random(word: str) -> bool:
    """Whether a word has letters of both cases and digits, so mixed as no name has them.

    Random base64 changes between the three at six of ten characters, names at two of ten. Hex is
    never random in this sense: there it cannot be told from a digest.
    """
    kinds = [
        "d" if one.isdigit() else "u" if one.isupper() else "l" for one in word if one.isalnum()
    ]
    if len(set(kinds)) < 3 or len(kinds) < 20:
        return False
    changes = sum(one != other for one, other in pairwise(kinds))
    return changes >= 0.42 * len(kinds) and _entropy(word) >= 3.9


def _entropy(word: str) -> float:
    """Bits a character, by how often each occurs (Shannon)."""
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares)
