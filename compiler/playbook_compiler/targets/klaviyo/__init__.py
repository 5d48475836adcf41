"""Klaviyo as a target."""

from playbook_compiler.targets.klaviyo.target import Klaviyo

TARGET = Klaviyo()
