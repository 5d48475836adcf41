"""n8n as a target."""

from playbook_compiler.targets.n8n.target import N8n

TARGET = N8n()
