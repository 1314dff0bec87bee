"""What each engine's documentation asks of a call, and what it answers to everything else."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

TOKEN = "the-token-of-the-engine"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

Answer = tuple[int, Any]


class Call(NamedTuple):
    """A request as an engine reads it; header names in lower case, the body decoded by its type."""

    method: str
    path: str
    headers: Mapping[str, str]
    data: Any


class Refused(Exception):  # noqa: N818
    """What an engine answers to a call that it does not take."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.answer: Answer = (status, body)


def _members(data: Any, required: set[str], optional: set[str], status: int) -> None:
    names = set(data) if isinstance(data, dict) else set[str]()
    if not required <= names <= required | optional:
        raise Refused(status, {"detail": f"members: {sorted(names)}"})


def _bearer(call: Call, status: int = 401) -> None:
    if call.headers.get("authorization") != f"Bearer {TOKEN}":
        raise Refused(status, {"message": "Bad credentials"})


def _github(call: Call) -> None:
    if not call.headers.get("user-agent"):
        raise Refused(403, {"message": "Request forbidden by administrative rules."})
    _bearer(call)
    if call.headers.get("accept") != "application/vnd.github+json":
        raise Refused(415, {"message": "Must accept 'application/vnd.github+json'"})
    if call.headers.get("x-github-api-version") != "2022-11-28":
        raise Refused(400, {"message": "Unsupported version"})


def repository_dispatch(call: Call) -> Answer:
    """https://docs.github.com/rest/repos/repos#create-a-repository-dispatch-event"""
    _github(call)
    _members(call.data, {"event_type"}, {"client_payload"}, 422)
    payload = call.data.get("client_payload", {})
    if not isinstance(payload, dict) or len(payload) > 10 or len(call.data["event_type"]) > 100:
        raise Refused(422, {"message": "Invalid request."})
    return 204, None


def workflow_dispatch(call: Call) -> Answer:
    """https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event"""
    _github(call)
    _members(call.data, {"ref"}, {"inputs", "return_run_details"}, 422)
    _members(call.data.get("inputs"), {"version"}, {"approved_by"}, 422)
    if call.data.get("return_run_details") is True:
        return 200, {"workflow_run_id": 1, "run_url": "https://api.github.com/run/1"}
    return 204, None


def airflow(call: Call) -> Answer:
    """TriggerDAGRunPostBody of Airflow 3: `logical_date` must be there, nothing else may be."""
    _bearer(call)
    optional = {"dag_run_id", "conf", "note", "run_after", "data_interval_start"}
    _members(call.data, {"logical_date"}, optional, 422)
    if not re.fullmatch(r"[A-Za-z0-9_.~:+-]+", call.data["dag_run_id"]):
        raise Refused(400, {"detail": "the run id does not match the pattern"})
    if not isinstance(call.data["conf"], dict):
        raise Refused(422, {"detail": "conf"})
    return 200, {"dag_run_id": call.data["dag_run_id"], "state": "queued", "note": None}


def argo(call: Call) -> Answer:
    """https://argo-workflows.readthedocs.io/en/latest/events/: any JSON, queued."""
    _bearer(call)
    if call.data is None:
        raise Refused(400, {"code": 3, "message": "invalid payload"})
    return 200, {}


def jenkins(call: Call) -> Answer:
    """https://www.jenkins.io/doc/book/using/remote-access-api/: parameters are a form."""
    basic = b64encode(f"gateway:{TOKEN}".encode()).decode()
    sent = call.headers.get("authorization")
    if sent is None:
        raise Refused(403, "No valid crumb was included in the request")
    if sent != f"Basic {basic}":
        raise Refused(401, "Invalid password/token for user: gateway")
    if call.headers.get("content-type") != FORM:
        raise Refused(500, "This page expects a form submission")
    return 201, None


def n8n(call: Call) -> Answer:
    """The Webhook node with Header Auth, which responds at once."""
    if call.headers.get("x-webhook-key") != TOKEN:
        raise Refused(403, "Authorization data is wrong!")
    return 200, {"message": "Workflow was started"}


def windmill(call: Call) -> Answer:
    """https://www.windmill.dev/docs/core_concepts/webhooks: arguments are members of an object.

    `runScriptByPath` of backend/windmill-api/openapi.yaml: 201 with the job's id as text.
    """
    _bearer(call)
    if not isinstance(call.data, dict):
        raise Refused(400, "Bad request: arguments")
    return 201, "0190b2a4-7e6c-7b51-9d3a-6f0c3d1f5a77"


def rundeck(call: Call) -> Answer:
    """https://docs.rundeck.com/docs/api/#running-a-job"""
    if call.headers.get("x-rundeck-auth-token") != TOKEN:
        raise Refused(403, {"error": True, "errorCode": "unauthorized"})
    if call.headers.get("accept") != JSON:
        raise Refused(415, {"error": True, "errorCode": "api.error.invalid.format"})
    options = {"options", "argString", "loglevel", "asUser", "filter", "runAtTime"}
    _members(call.data, set(), options, 400)
    return 200, {
        "id": 1,
        "status": "running",
        "href": "https://rundeck.example.com/api/41/execution/1",
    }


Engine = Callable[[Call], Answer]
ROUTES: dict[str, Engine] = {
    "/repos/example/deployment/dispatches": repository_dispatch,
    "/repos/example/deployment/actions/workflows/release.yml/dispatches": workflow_dispatch,
    "/api/v2/dags/incident_report/dagRuns": airflow,
    "/api/v1/events/builds/push": argo,
    "/job/build/buildWithParameters": jenkins,
    "/job/deploy/buildWithParameters": jenkins,
    "/webhook/typeform": n8n,
    "/webhook/contact": n8n,
    "/api/w/acme/jobs/run/p/f/billing/invoice_paid": windmill,
    "/api/w/acme/jobs/run/f/f/ops/alarm": windmill,
    "/api/41/job/8f2a4c1e-repair/run": rundeck,
}


class Engines:
    """All engines behind one address; `taken` are the calls that they took, `refused` the rest."""

    def __init__(self) -> None:
        self.taken: list[Call] = []
        self.refused: list[str] = []
        self.url = ""

    def answer(self, call: Call) -> Answer:
        """What the engine of this path answers."""
        engine = ROUTES.get(call.path)
        try:
            if engine is None:
                raise Refused(404, {"message": "Not Found"})
            if call.method != "POST":
                raise Refused(405, {"message": "Method Not Allowed"})
            answer = engine(call)
        except Refused as refusal:
            self.refused.append(f"{call.path} {refusal}")
            return refusal.answer
        self.taken.append(call)
        return answer


@contextmanager
def engines() -> Iterator[Engines]:
    """The engines, listening."""
    running = Engines()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            call = Call("POST", self.path, headers, _decoded(headers.get("content-type"), body))
            status, answered = running.answer(call)
            typed = "text/plain" if isinstance(answered, str) else JSON
            text = answered if isinstance(answered, str) else json.dumps(answered)
            data = b"" if answered is None else text.encode()
            self.send_response(status)
            self.send_header("Content-Type", typed)
            if status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield running
    server.shutdown()
    server.server_close()


def _decoded(typed: str | None, body: bytes) -> Any:
    if typed == FORM:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    return json.loads(body) if typed == JSON else None
