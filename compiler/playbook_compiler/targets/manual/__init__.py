"""A checklist for people as a target."""

from playbook_compiler.targets.manual.target import Manual

TARGET = Manual()
