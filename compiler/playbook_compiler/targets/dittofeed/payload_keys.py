"""The keys that payloads for Dittofeed may have: those that the exporter writes, and no others.

The vendor's schema takes any further key, so that a misspelt optional one would pass unseen.
"""

from __future__ import annotations

from typing import Final

_OBJECT: Final = ("id", "workspaceId", "name")
PAYLOADS: Final = {
    "segment": (*_OBJECT, "definition"),
    "user-property": (*_OBJECT, "definition"),
    "subscription-group": (*_OBJECT, "channel", "type"),
    "template": (*_OBJECT, "definition"),
    "journey": (*_OBJECT, "status", "canRunMultiple", "definition"),
}
ENTRIES: Final = {
    "EntryNode": ("type", "segment", "child", "reEnter"),
    "EventEntryNode": ("type", "event", "key", "child"),
}
JOURNEY_NODES: Final = {
    "DelayNode": ("id", "type", "variant", "child"),
    "SegmentSplitNode": ("id", "type", "variant", "name"),
    "WaitForNode": ("id", "type", "timeoutSeconds", "timeoutChild", "segmentChildren"),
    "RandomCohortNode": ("id", "type", "children"),
    "MessageNode": (
        *("id", "type", "name", "variant", "child", "skipOnFailure", "subscriptionGroupId"),
    ),
}
VARIANTS: Final = {
    "Second": ("type", "seconds"),
    "LocalTime": ("type", "hour", "minute", "allowedDaysOfWeek", "defaultTimezone"),
    "UserProperty": ("type", "userProperty", "offsetSeconds", "offsetDirection"),
    "Boolean": ("type", "segment", "trueChild", "falseChild"),
    **dict.fromkeys(("Email", "Sms", "MobilePush", "Webhook"), ("type", "templateId")),
}
_PERFORMED: Final = ("id", "type", "event", "times", "timesOperator", "properties")
TESTS: Final = {
    "Trait": ("id", "type", "path", "operator"),
    "And": ("id", "type", "children"),
    "Or": ("id", "type", "children"),
    "Performed": (*_PERFORMED, "timeOperator", "withinSeconds"),
    "KeyedPerformed": (*_PERFORMED, "key"),
    "SubscriptionGroup": ("id", "type", "subscriptionGroupId", "subscriptionGroupType"),
    "SubscriptionGroupUnsubscribed": ("id", "type", "subscriptionGroupId"),
    "RandomBucket": ("id", "type", "percent"),
    "Everyone": ("id", "type"),
    "Manual": ("id", "type", "version"),
}
OPERATORS: Final = {
    "Equals": ("type", "value"),
    "NotEquals": ("type", "value"),
    "GreaterThanOrEqual": ("type", "value"),
    "LessThan": ("type", "value"),
    "Exists": ("type",),
    "NotExists": ("type",),
    "AbsoluteTimestamp": ("type", "absoluteTimestamp", "direction"),
}
TEMPLATES: Final = {
    "Email": ("type", "from", "replyTo", "name", "subject", "body", "emailContentsType"),
    "Sms": ("type", "body"),
    "MobilePush": ("type", "title", "body"),
    "Webhook": ("type", "identifierKey", "body"),
}
