"""The hooks that the tests of serving share: one of each kind, in one file."""

from __future__ import annotations

import hashlib
from base64 import b64encode

TOKEN = "token-of-the-first-caller"


def _scrypt(password: bytes) -> str:
    salt = bytes(range(16))
    digest = hashlib.scrypt(password, salt=salt, n=2**14, r=8, p=1, dklen=32, maxmem=2**26)
    parts = [b64encode(part).decode().rstrip("=") for part in (salt, digest)]
    return "scrypt$ln=14,r=8,p=1$" + "$".join(parts)


SECRETS = {
    "second": "token-two\n",
    "basic": "s3cret",
    "empty": "\n",
    "unfit": "a\nb",
    "nicht-ascii": "gr\u00fcn",
}
ENVIRONMENT = {"THIRD_TOKEN": "token-three"}

_HOOKS = """name: hello
authentication: none
workflow: URL/run/hello
---
name: paris
method: POST
authentication: none
match: {body: {CityName: Paris}}
workflow: URL/run/paris
---
name: ignoring
method: POST
authentication: {type: none}
match: {body: {CityName: Paris}, otherwise: ignore}
workflow: URL/run/ignoring
---
name: bearer
method: POST
limits: {failures: 9999/1s}
authentication:
  type: bearer
  tokens:
    - sha256: DIGEST
    - secret: second
    - env: THIRD_TOKEN
    - sha256: OLD
      expires: 2020-01-01T00:00:00Z
workflow: URL/run/bearer
---
name: basic
method: POST
limits: {failures: 9999/1s}
authentication:
  type: basic
  users:
    - {username: paris, password: {secret: basic}}
    - {username: rome, password: {scrypt: "SCRYPT"}}
workflow: URL/run/basic
---
name: missing
method: POST
authentication: {type: bearer, tokens: [{secret: not-there}]}
workflow: URL/run/missing
---
name: empty
method: POST
authentication: {type: bearer, tokens: [{secret: empty}]}
workflow: URL/run/empty
---
name: report
method: POST
authentication: none
workflow: URL/run/report
response: {type: status, status: 202, headers: {X-Handled-By: gateway}}
---
name: selected
method: POST
authentication: none
workflow: URL/run/selected
response: {select: [received.order.id, received.items.1, /workflow, nothing.here], status: 201}
---
name: merged
method: POST
authentication: none
workflow: {url: "URL/run/merged?fixed=1", body: {source: gateway}, query: {a: 1, b: true}}
---
name: as-json
method: POST
authentication: none
workflow: {url: URL/run/as-json, format: json}
---
name: as-form
method: POST
authentication: none
workflow: {url: URL/run/as-form, format: form}
---
name: as-raw
method: POST
authentication: none
workflow: {url: URL/run/as-raw, format: raw}
---
name: get-workflow
method: POST
authentication: none
workflow: {url: URL/run/get-workflow, method: GET}
---
name: cities
path: /cities/{city}
method: [POST, PUT, PATCH, DELETE]
authentication: none
workflow:
  url: URL/run/cities
  method: PUT
  headers: {X-Source: gateway}
  forward_headers: [X-Event]
---
name: one-city
path: /cities/berlin
method: POST
authentication: none
workflow: {url: URL/run/berlin, method: PATCH, authentication: none}
---
name: to-basic
method: POST
authentication: none
workflow:
  url: URL/run/to-basic
  method: DELETE
  authentication: {type: basic, username: gateway, password: {secret: basic}}
---
name: to-bearer
method: POST
authentication: none
workflow: {url: URL/run/to-bearer, authentication: {type: bearer, token: {env: THIRD_TOKEN}}}
---
name: to-none
method: POST
authentication: none
workflow: {url: URL/run/to-none, authentication: {type: none}, retry: {attempts: 3}}
---
name: disabled
enabled: false
authentication: none
workflow: URL/run/disabled
---
name: ruled
method: POST
authentication: none
match: {body: {CityName: {exists: true}}}
workflow: URL/run/ruled
---
name: open
method: [POST, GET]
authentication: none
workflow: URL/run/open
---
name: locked
method: POST
limits: {failures: 9999/1s}
authentication: {type: bearer, tokens: [{secret: second}]}
workflow: URL/run/locked
---
name: no-content
method: POST
authentication: none
workflow: URL/run/no-content
response: {status: 204}
---
name: cached
authentication: none
workflow: URL/run/cached
response: {headers: {Cache-Control: max-age=60}}
---
name: forwarding
method: POST
authentication: none
workflow: {url: URL/run/forwarding, forward_headers: [X-Name]}
---
name: unfit-secret
method: POST
authentication: none
workflow: {url: URL/run/unfit, authentication: {type: bearer, token: {secret: unfit}}}
---
name: to-umlaut
method: POST
authentication: none
workflow: {url: URL/run/to-umlaut, authentication: {type: bearer, token: {secret: nicht-ascii}}}
"""


def hooks(workflow: str) -> str:
    """The text of the hook file; `workflow` is the base of the workflows' URLs."""
    return (
        _HOOKS.replace("URL", workflow)
        .replace("DIGEST", hashlib.sha256(TOKEN.encode()).hexdigest())
        .replace("OLD", hashlib.sha256(b"old").hexdigest())
        .replace("SCRYPT", _scrypt(b"pa:ss"))
    )
