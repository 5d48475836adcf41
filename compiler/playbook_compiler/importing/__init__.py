"""The other way round: what an engine holds, written as a playbook."""
