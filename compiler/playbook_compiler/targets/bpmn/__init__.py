"""BPMN 2.0 as a target."""

from playbook_compiler.targets.bpmn.target import Bpmn

TARGET = Bpmn()
