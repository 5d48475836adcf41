"""Dittofeed as a target."""

from playbook_compiler.targets.dittofeed.target import Dittofeed

TARGET = Dittofeed()
