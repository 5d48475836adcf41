"""The engine against the replay, on many playbooks by chance: `python -m tests.bpmn`."""
