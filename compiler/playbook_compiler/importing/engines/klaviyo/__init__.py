"""Klaviyo: flows with their definitions, segments, templates and coupons, read from its API."""

from playbook_compiler.importing.engines.klaviyo.importer import IMPORTER

__all__ = ["IMPORTER"]
