"""Mautic: campaigns and e-mails, read from the ZIP that it exports."""

from playbook_compiler.importing.engines.mautic.importer import IMPORTER

__all__ = ["IMPORTER"]
