"""What the pages show can be written as it stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from gateway.compile.guards.attempts import DEFAULT, LONG
from gateway.compile.templates import headers
from gateway.compile.templates.inputs import HEADROOM
from gateway.language.durable import MAX_BODY as MAX_STORED
from gateway.language.lint.limits import MAX_BODY
from gateway.language.lint.templates import MOST
from gateway.language.read import read_source
from gateway.language.senders import PRESETS
from gateway.language.source import Source
from gateway.language.spec import Deduplicate, DurableDelivery, Limits, Retention, RetrySchedule
from gateway.language.spec.bounds import WAIT
from gateway.language.spec.delivery import AFTER, PERMANENT
from gateway.language.template import FILTERS, ROOTS, filters
from gateway.language.template.grammar import MOST_ALTERNATIVES, MOST_FILTERS
from gateway.language.template.plain import LONGEST
from gateway.language.template.roots import NAMES
from gateway.runtime.throttle import Throttle
from gateway.serve.client import MAX_HOPS
from gateway.settings import Store

README = Path(__file__).parents[1] / "README.md"
DOCS = README.parent / "docs"
LIMITS = (DOCS / "limits.md").read_text()
TEMPLATES = (DOCS / "templates.md").read_text()
DELIVERY = (DOCS / "delivery.md").read_text()
ANSWERS = (DOCS / "answers.md").read_text()


HOOKS = [
    hook
    for page in (README.read_text(), LIMITS, TEMPLATES, DELIVERY, ANSWERS)
    for hook in re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize("hook", HOOKS)
def test_each_hook_of_the_readme_and_of_the_pages_is_sound(hook: str) -> None:
    reading = read_source(Source("page.yaml", hook.encode()))
    assert reading.diagnostics == ()
    assert len(reading.hooks) == 1


def test_the_page_about_limits_has_a_row_for_each_limit_and_the_right_numbers() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \| (\d{3}) \|$", LIMITS, re.MULTILINE)
    assert {name for name, *_ in rows} == set(Limits.__struct_fields__)
    assert ("failures", f"`{DEFAULT}`", "429") in rows
    assert f"at most `{MAX_BODY // 1024**2}MiB`" in LIMITS
    text = " ".join(LIMITS.split())
    assert f"keys of {LONG} characters" in text
    assert f"at most {MAX_HOPS} trusted hops" in text
    assert f"has {Throttle().size // 1024**2} MiB" in text


def test_the_page_about_templates_has_every_input_and_filter_and_the_right_numbers() -> None:
    rows = "\n".join(line for line in TEMPLATES.split("\n") if line.startswith("| `"))
    named = set(re.findall(r"`(\w+)(?:\([^)`]*\))?`", rows))
    assert named >= FILTERS.keys()
    inputs = set(re.findall(r"`(\w+)\.", rows))
    assert inputs >= set(ROOTS)
    own = {f"{root}.{name}" for root, names in NAMES.items() for name in names}
    assert {one for one in own if f"`{one}" not in rows} == set()
    text = " ".join(TEMPLATES.split())
    assert f"at most {MOST} templates. A text with templates has at most {LONGEST:,}" in text
    assert f"at most {MOST_ALTERNATIVES} alternatives with {MOST_FILTERS} filters each" in text
    assert f"N from 1 to {filters.MOST}" in text
    assert f"at most {headers.LONGEST:,} bytes" in text
    assert f"the body limit of the hook and {HEADROOM // 1024} KiB" in text


def test_the_page_about_delivery_has_the_defaults_of_the_language_and_what_senders_do() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| `(\w+)`.*\|$", DELIVERY, re.MULTILINE))
    assert rows == {name: one.repeats for name, one in PRESETS.items() if one.repeats}
    assert f"| after | {' | '.join(AFTER)} |" in DELIVERY
    text = " ".join(DELIVERY.split())
    assert f"would not change: {', '.join(map(str, PERMANENT))}." in text
    assert f"the age of `give_up` (`{RetrySchedule().give_up}`)" in text
    assert f"A wait is {WAIT}." in text
    assert f"have at most {MAX_STORED // 1024**2}MiB." in text
    assert f"in flight ({DurableDelivery().concurrency})" in text
    assert f"together ({Store().target_concurrency})" in text
    within = Deduplicate(by="${body.id}").within
    assert f"A key counts for `within` (`{within}`)" in text
    kept = Retention()
    assert f"succeeded: {kept.succeeded} dead: {kept.dead}" in text


INSTALLS = re.compile(r"\b(?:pip|pipx|uv tool|uv pip) install\b(.*)")
FROM_THE_REPOSITORY = re.compile(
    r"(?: --\S+)* (?:git\+https://git\.example\.com/platform/webhook-gateway@v\S+|\./webhook-gateway)"
)


def test_no_page_installs_the_package_of_another_project() -> None:
    pages = [README, *sorted(DOCS.rglob("*.md"))]
    lines = [line for page in pages for line in INSTALLS.findall(page.read_text())]
    assert len(lines) >= 8
    assert [line for line in lines if not FROM_THE_REPOSITORY.fullmatch(line)] == []


def test_the_pages_name_the_distribution_and_its_version() -> None:
    with (README.parent / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    assert f"`{project['name']}`" in README.read_text()
    assert f"@v{project['version']}" in README.read_text()
