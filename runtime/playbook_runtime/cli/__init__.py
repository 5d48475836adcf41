"""The command line: one file a command, found by its file and imported only when it is named."""

from playbook_runtime.cli.main import main

__all__ = ["main"]
