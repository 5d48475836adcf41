"""Project the shipped growth playbook on a made-up shop whose truth is known."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from playbook_runtime.cli._whole import Whole

DRAWS = 200


@click.command()
@click.option(
    "--draws",
    type=Whole(2, 100_000),
    default=DRAWS,
    show_default=True,
    help="Number of draws; more make the interval's ends surer.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the shop's files into this folder and leave them there; none is written over.",
)
@click.pass_context
def command(ctx: click.Context, draws: int, keep: Path | None) -> None:
    """Compile the shipped growth playbook, simulate it on the synthetic demo shop, and project.

    The shop is made by a seeded generator: the same files every time.
    """
    from playbook_runtime.demo_shop import write_demo_shop
    from playbook_runtime.library import playbook_path

    with tempfile.TemporaryDirectory(prefix="playbook-demo-") as temporary:
        folder = Path(temporary)
        write_demo_shop(folder)
        playbook = playbook_path("growth")
        if keep is not None:
            (folder / "growth.yaml").write_bytes(playbook.read_bytes())
            _keep(folder, keep)
            click.echo(
                f"Kept in {keep}: orders.csv, customers.csv, events.csv, growth.yaml,"
                " and truth.json (what the generator drew from).",
                err=True,
            )
        words = [
            str(playbook),
            "--orders",
            str(folder / "orders.csv"),
            "--customers",
            str(folder / "customers.csv"),
            "--events",
            str(folder / "events.csv"),
            "--draws",
            str(draws),
        ]
        shown = ["growth.yaml" if word == str(playbook) else Path(word).name for word in words]
        click.echo(f"$ playbook simulate {' '.join(shown)}\n")
        sys.stdout.flush()
        from playbook_runtime.cli._progress import announce_compilation
        from playbook_runtime.cli.simulate import command as simulate

        announce_compilation()
        # The playbook is ours: what it has to say of itself would only stand before the table.
        ctx.exit(simulate.main(args=words, standalone_mode=False, obj={"quiet": True}) or 0)


def _keep(made: Path, keep: Path) -> None:
    """Copy the files of `made` to the folder `keep`; nothing if one of another content is there."""
    from playbook_runtime.output.atomic import make_folder, refuse_target, replace_file

    contents = {file.name: file.read_bytes() for file in sorted(made.iterdir())}
    for name, content in contents.items():
        refuse_target(keep / name, content.__eq__)
    make_folder(keep)
    for name, content in contents.items():
        replace_file(keep / name, content)
