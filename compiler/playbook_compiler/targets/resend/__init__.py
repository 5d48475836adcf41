"""Resend as a target."""

from playbook_compiler.targets.resend.target import Resend

TARGET = Resend()
