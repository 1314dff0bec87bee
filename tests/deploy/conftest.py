"""Everything that can be rendered."""

from __future__ import annotations

import pytest

from tests.deploy.manifests import EXAMPLE, KUBERNETES, Manifest, render, with_components

COMPONENTS = sorted(path.name for path in (KUBERNETES / "components").iterdir())
STORES = ("shared", "stateful")
"""Where the runs are; an environment has at most one of them."""
OTHERS = [name for name in COMPONENTS if name not in STORES]
CHOICES = {
    **{name: [name] for name in COMPONENTS},
    **{f"all with {store}": [*OTHERS, store] for store in STORES},
}


@pytest.fixture(scope="module", params=["example", *CHOICES])
def rendered(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[Manifest]:
    """The example, then the base with each choice of components."""
    if request.param == "example":
        return render(EXAMPLE)
    return with_components(tmp_path_factory.mktemp("overlay"), *CHOICES[request.param])
