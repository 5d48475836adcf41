"""Take away the lock of a push that is no longer running."""

from __future__ import annotations

import click

from playbook_runtime.cli._push import adapter_named, pushed_files, stops_told


@click.command()
@click.argument("target")
@click.argument("lock_id")
@click.argument("path", default=".")
def command(target: str, lock_id: str, path: str) -> None:
    """Take away the lock LOCK_ID of a push to TARGET that was killed.

    The id stands in the message of the push that was refused. Two pushes at once would make
    objects twice: be sure that the other one is gone.
    """
    from playbook_runtime.push.lock import unlock

    adapter_named(target)
    with stops_told():
        held = unlock(pushed_files(path, target).lock, target, lock_id)
    since = f", held since {held.since}" if held.since else ""
    click.echo(f"Unlocked {target}{since}. The next push asks first what the other one had begun.")
