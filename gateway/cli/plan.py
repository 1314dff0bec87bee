"""`gateway plan`: what a change of hooks means, before it is merged."""

from __future__ import annotations

import os
import sys

import click

from gateway.cli.command import Command
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


@click.command(cls=Command)
@click.argument("old")
@click.argument("new")
@click.option(
    "--path",
    "folder",
    default="hooks.d",
    show_default=True,
    metavar="FOLDER",
    help="Directory of the hooks in a git revision, relative to the top of the repository.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    metavar="FORMAT",
    help=f"Output format: {', '.join(FORMATS)}.",
)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAIL_ON)),
    default="never",
    show_default=True,
    metavar="LEVEL",
    help=f"Exit with 1 for changes of this level or above: {', '.join(FAIL_ON)}.",
)
def command(old: str, new: str, folder: str, form: str, fail_on: str) -> None:
    """Explain what a change of hooks means: who may call, where data goes.

    OLD and NEW are directories of hooks, or revisions of the git repository in the current
    directory. A name that is both means the directory; write refs/heads/NAME for the branch.
    Formatting, comments, the order of keys and short or long forms do not count as changes.

    A risk means that the gateway may accept requests that it refused before, that data goes to a
    new place, or that the effect cannot be determined. A notice affects callers or workflows
    without opening anything. An info affects no request.

    Exit status: 0 success, 1 changes of the level of --fail-on or above, or an internal
    error on a hook, 2 wrong usage or hooks with errors, which cannot be compared.

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
            missing = f"{name} has no directory {self._folder}, so it counts as empty"
            click.echo(f"gateway: {missing}; to read another one, add --path FOLDER", err=True)
        return Tree(name, os.path.join(self._folder, ""), sources or [])


def _repository(name: str) -> Repository:
    try:
        return Repository()
    except OperatorError as error:
        message = f"{name!r} is not a directory, and no git revision can be read here: {error}"
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
        raise OperatorError(f"{titles} has errors, so the change cannot be explained")


def _fails(entries: tuple[Entry, ...], fail_on: str) -> bool:
    return any(entry.level in FAIL_ON[fail_on] or entry.kind == "internal" for entry in entries)
