"""Dittofeed: journeys, segments and templates, read from its admin API."""

from playbook_compiler.importing.engines.dittofeed.importer import IMPORTER

__all__ = ["IMPORTER"]
