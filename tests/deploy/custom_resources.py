"""Objects of Argo CD, Flux, the Prometheus operator and the Gateway API.

No published package holds their schemas strictly, so what our files use of them is written down
here; a key that is not here is a mistake in the file, or is to be looked up and added. Sources:
argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml,
fluxcd.io/flux/components/{source,kustomize}, prometheus-operator.dev/docs/api-reference/api,
gateway-api.sigs.k8s.io/reference/spec.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Strict(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """Keys that are not named are errors."""


class Metadata(Strict):
    name: str
    namespace: str = ""
    labels: dict[str, str] = {}


class Named(Strict):
    name: str


class ArgoSource(Strict):
    repo_url: str = msgspec.field(name="repoURL")
    target_revision: str
    path: str


class ArgoDestination(Strict):
    server: str
    namespace: str


class Automated(Strict):
    prune: bool
    self_heal: bool


class ArgoBackoff(Strict):
    duration: str
    factor: int
    max_duration: str


class ArgoRetry(Strict):
    limit: int
    backoff: ArgoBackoff


class SyncPolicy(Strict):
    automated: Automated
    sync_options: list[Literal["ServerSideApply=true", "PruneLast=true"]]
    retry: ArgoRetry


class ApplicationSpec(Strict):
    project: str
    source: ArgoSource
    destination: ArgoDestination
    sync_policy: SyncPolicy


class Branch(Strict):
    branch: str


class GitRepositorySpec(Strict):
    interval: str
    url: str
    ref: Branch


class FluxSource(Strict):
    kind: Literal["GitRepository"]
    name: str


class Decryption(Strict):
    provider: Literal["sops"]
    secret_ref: Named


class FluxKustomizationSpec(Strict):
    interval: str
    retry_interval: str
    timeout: str
    source_ref: FluxSource
    path: str
    prune: bool
    wait: bool
    decryption: Decryption


class Selector(Strict):
    match_labels: dict[str, str]


class Endpoint(Strict):
    port: str
    path: str
    interval: str
    scrape_timeout: str


class ServiceMonitorSpec(Strict):
    selector: Selector
    endpoints: list[Endpoint]


class Rule(Strict):
    alert: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]
    for_: str | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="for")


class RuleGroup(Strict):
    name: str
    rules: list[Rule]


class PrometheusRuleSpec(Strict):
    groups: list[RuleGroup]


class Parent(Strict):
    name: str
    namespace: str


class PathMatch(Strict):
    type: Literal["PathPrefix"]
    value: str


class RouteMatch(Strict):
    path: PathMatch


class Backend(Strict):
    name: str
    port: int


class RouteRule(Strict):
    matches: list[RouteMatch]
    backend_refs: list[Backend]


class HTTPRouteSpec(Strict):
    parent_refs: list[Parent]
    hostnames: list[str]
    rules: list[RouteRule]


SPECS: dict[tuple[str, str], type[Strict]] = {
    ("argoproj.io/v1alpha1", "Application"): ApplicationSpec,
    ("source.toolkit.fluxcd.io/v1", "GitRepository"): GitRepositorySpec,
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization"): FluxKustomizationSpec,
    ("monitoring.coreos.com/v1", "ServiceMonitor"): ServiceMonitorSpec,
    ("monitoring.coreos.com/v1", "PrometheusRule"): PrometheusRuleSpec,
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): HTTPRouteSpec,
}


def is_custom(manifest: dict[str, Any]) -> bool:
    """Whether a manifest is of a kind that is known here."""
    return (manifest["apiVersion"], manifest["kind"]) in SPECS


def validate(manifest: dict[str, Any]) -> None:
    """Raises msgspec.ValidationError with the path of what is wrong."""
    assert set(manifest) == {"apiVersion", "kind", "metadata", "spec"}
    msgspec.convert(manifest["metadata"], Metadata)
    msgspec.convert(manifest["spec"], SPECS[manifest["apiVersion"], manifest["kind"]])
