"""PyYAML's events of a text, up to the first mistake of syntax."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from gateway.language.diagnostic import Place
from gateway.language.findings import Findings
from gateway.language.yaml12.complaints import explain

try:
    from yaml._yaml import CParser as _Parser
except ImportError:  # pragma: no cover - PyYAML without libyaml
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]


def events(text: str, findings: Findings) -> Iterator[Any]:
    """The events up to the first mistake of syntax, which becomes a finding."""
    try:
        parser = _Parser(text)
        while (event := parser.get_event()) is not None:
            yield event
    except yaml.MarkedYAMLError as error:
        explain(text, error, findings)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        findings.add("syntax", Place(1, 1, 1, 2), f"the file is not YAML: {error}")
