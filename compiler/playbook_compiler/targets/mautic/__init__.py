"""Mautic as a target."""

from playbook_compiler.targets.mautic.target import Mautic

TARGET = Mautic()
