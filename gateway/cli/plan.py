"""`gateway plan`: what a change of hooks means, before it is merged."""

from __future__ import annotations

import os
import sys

import rich_click as click

from gateway.cli.formats import FORMATS as REPORTS
from gateway.cli.formats import Report
from gateway.cli.git import Repository
from gateway.cli.hookfiles import read_directory
from gateway.cli.plan_formats import FORMATS, Comparison
from gateway.cli.revisions import folder_of, read_revision
from gateway.cli.terminal import coloured
from gateway.errors import OperatorError
from gateway.plan import LEVELS, Entry, Level, Tree, plan

FAIL_ON: dict[str, tuple[Level, ...]] = {
    "risk": LEVELS[:1],
    "notice": LEVELS[:2],
    "any": LEVELS,
    "never": (),
}
"""What `--fail-on` takes → the levels that make the exit status 1."""


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--path",
    "folder",
    default="hooks.d",
    show_default=True,
    metavar="FOLDER",
    help="Where a git revision has its hooks, seen from the top of the repository.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    metavar="FORMAT",
    help=f"How changes are written: {', '.join(FORMATS)}.",
)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAIL_ON)),
    default="never",
    show_default=True,
    metavar="LEVEL",
    help=f"Exit with 1 from this level on: {', '.join(FAIL_ON)}.",
)
def command(old: str, new: str, folder: str, form: str, fail_on: str) -> None:
    """Say what a change of hooks means: who may call what after it, where data goes.

    OLD and NEW are directories of hooks, or revisions of the git repository here; a name that is
    both is the directory (write refs/heads/NAME for the branch). Formatting, comments, the order
    of keys and short or long forms are no change.

    A risk is what opens something: what was refused may be accepted, or data goes where it did
    not go. So is whatever cannot be told. A notice is what callers or workflows will see, an info
    what no request will.

    Exit status: 0 compared, 1 with --fail-on for changes of that level or a graver one, and
    whenever the gateway itself fails on a hook, 2 wrong usage, or hooks with errors: nothing can
    be said about those.

    \b
    Examples:
      gateway plan main HEAD
      gateway plan main hooks.d --fail-on risk
      gateway plan HEAD^1 HEAD --path deploy/hooks --format markdown > plan.md
    """
    trees = _Trees(folder)
    before, after = trees.read(old), trees.read(new)
    if not before.sources and not after.sources:
        raise OperatorError(f"there is no hook file (*.yaml, *.yml) in {old}, nor in {new}")
    _refuse_errors(before, after)
    entries = plan(before, after)
    click.echo(FORMATS[form](Comparison(old, new, entries)), nl=False, color=coloured())
    sys.exit(1 if _fails(entries, fail_on) else 0)


class _Trees:
    """Reads directories and revisions; the repository is looked for when it is needed."""

    def __init__(self, folder: str) -> None:
        self._folder = folder_of(folder)
        self._repository: Repository | None = None

    def read(self, name: str) -> Tree:
        if os.path.isdir(name):
            return Tree(name, os.path.join(name, ""), read_directory(name))
        if self._repository is None:
            self._repository = _repository(name)
        sources = read_revision(self._repository, name, self._folder)
        if sources is None:
            click.echo(f"gateway: {name} has no {self._folder}, which is taken as empty", err=True)
        return Tree(name, os.path.join(self._folder, ""), sources or [])


def _repository(name: str) -> Repository:
    try:
        return Repository()
    except OperatorError as error:
        message = f"{name!r} is no directory, and no revision can be looked up here: {error}"
        raise OperatorError(message) from error


def _refuse_errors(*trees: Tree) -> None:
    """Show the errors of both sides. Raises OperatorError where there are any."""
    broken = [tree for tree in trees if tree.errors]
    for tree in broken:
        click.echo(f"{tree.title}:", err=True)
        found = Report(tree.sources, len(tree.hooks), tree.errors)
        click.echo(REPORTS["text"](found), err=True, color=False)
    if broken:
        titles = " and ".join(tree.title for tree in broken)
        raise OperatorError(f"{titles} has errors, so nothing can be said about the change")


def _fails(entries: tuple[Entry, ...], fail_on: str) -> bool:
    return any(entry.level in FAIL_ON[fail_on] or entry.kind == "internal" for entry in entries)
