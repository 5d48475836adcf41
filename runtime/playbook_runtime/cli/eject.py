"""Copy a shipped tactic or message into your own folder, to edit it."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("name", metavar="TACTIC", required=False)
@click.argument(
    "path", metavar="[PATH]", default=".", type=click.Path(path_type=Path, file_okay=True)
)
@click.option("--list", "listing", is_flag=True, help="List what is shipped, and what it does.")
def command(name: str | None, path: Path, listing: bool) -> None:
    """Copy the shipped tactic TACTIC (or message) into the playbook's folder at PATH, to edit it.

    `use:` then takes your copy instead of the shipped one; ids stay as they are, so that nothing
    changes until you edit it. Nothing is ever overwritten.
    """
    from playbook_runtime.library import folder

    library = folder()
    if listing:
        click.echo(_listing(library), nl=False)
        return
    if name is None:
        raise click.UsageError("Name a tactic; `playbook eject --list` shows them.")
    target_folder = path.parent if path.suffix in (".yaml", ".yml") else path
    if not target_folder.is_dir():
        raise click.UsageError(f"There is no folder `{click.format_filename(target_folder)}`.")
    kind, source = _shipped(library, name)
    target = target_folder / kind / source.name
    if target.exists():
        raise click.UsageError(
            f"{click.format_filename(target)} is there already, and nothing is overwritten."
            " Move it away first, or edit it."
        )
    from playbook_runtime.output.atomic import make_folder, replace_file

    make_folder(target.parent)
    replace_file(target, source.read_bytes())
    click.echo(f"Wrote {click.format_filename(target)}. {_next(kind, name)}")


def _shipped(library: Path, name: str) -> tuple[str, Path]:
    """Return the kind (tactics, messages) and the file of what is shipped as `name`."""
    if "/" not in name and "\\" not in name:
        for kind, suffix in (("tactics", ".yaml"), ("messages", ".md")):
            file = library / kind / f"{name}{suffix}"
            if file.is_file():
                return kind, file
    from playbook_compiler.diagnostics import nearest, shown

    known = [file.stem for kind in ("tactics", "messages") for file in (library / kind).iterdir()]
    guess = nearest(name, known)
    meant = f" Did you mean `{guess}`?" if guess else " `playbook eject --list` shows them."
    raise click.UsageError(f"No tactic or message `{shown(name)}` is shipped.{meant}")


def _next(kind: str, name: str) -> str:
    if kind == "tactics":
        return f"`use: {{{name}: {{}}}}` takes it from now on: edit it, then run playbook check."
    return f"Add it to the playbook: `include: [messages/{name}.md]`, edit it, then playbook check."


def _listing(library: Path) -> str:
    from playbook_compiler.parse import parse
    from playbook_compiler.source import SourceFile
    from playbook_compiler.tactic import read_head

    lines = []
    files = sorted((library / "tactics").glob("*.yaml"))
    width = max((len(file.stem) for file in files), default=0)
    for file in files:
        document, _ = parse(SourceFile(file.name, file.read_text(encoding="utf-8")))
        head = read_head(document, file.stem)[0] if document is not None else None
        if head is not None:
            parameters = ", ".join(head.parameters) or "none"
            carries = ", ".join(head.strategy)
            lines.append(f"{file.stem:{width}}  {carries}: {head.about}\n")
            lines.append(f"{'':{width}}  parameters: {parameters}\n")
    return "".join(lines)
