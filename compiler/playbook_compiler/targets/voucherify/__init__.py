"""Voucherify as a target."""

from playbook_compiler.targets.voucherify.target import Voucherify

TARGET = Voucherify()
