"""`python -m playbook_runtime` is the command `playbook`."""

from playbook_runtime.cli import main

main()
