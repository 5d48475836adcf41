"""The keys that the exporter writes into each of Klaviyo's objects: nothing else may leave."""

from __future__ import annotations

from typing import Final

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "segment": ("name", "definition"),
    "template": ("name", "editor_type", "html", "text"),
    "coupon": ("external_id", "description"),
    "flow": ("name", "definition"),
    "definition": (
        "triggers",
        "profile_filter",
        "actions",
        "entry_action_id",
        "reentry_criteria",
    ),
    "trigger": ("type", "id", "trigger_filter"),
    "date trigger": (
        "type",
        "date_field_type",
        "date_profile_property",
        "timedelta_unit_before_date",
        "timedelta_value_before_date",
        "recurrence_frequency",
        "timezone",
        "trigger_time",
    ),
    "operation": (
        "operator",
        "property_type",
        "property_operation",
        "property_key",
        "property_value",
    ),
    "branch": ("branch_id", "order", "is_else", "branch_filter", "links", "name"),
    "timeframe": ("type", "operator", "unit", "quantity"),
}
ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "time-delay": ("unit", "value", "timezone", "delay_until_time"),
    "target-date": ("timezone", "target_time", "target_days"),
    "conditional-split": ("profile_filter",),
    "multi-branch-split": ("name", "branches"),
    "update-profile": ("profile_operations", "status"),
    "send-email": ("message", "status"),
    "send-sms": ("message", "status"),
    "send-mobile-push": ("message", "status"),
    "send-internal-alert": ("message", "status"),
    "send-webhook": ("message", "status"),
}
_SENT = ("smart_sending_enabled", "additional_filters", "name")
MESSAGES: Final[dict[str, tuple[str, ...]]] = {
    "send-email": (
        "from_email",
        "from_label",
        "reply_to_email",
        "subject_line",
        "preview_text",
        "template_id",
        "transactional",
        *_SENT,
    ),
    "send-sms": (
        "body",
        "add_org_prefix",
        "add_opt_out_language",
        "sms_quiet_hours_enabled",
        "transactional",
        *_SENT,
    ),
    "send-mobile-push": ("title", "body", "push_type", *_SENT),
    "send-webhook": ("name", "url", "headers", "body"),
    "send-internal-alert": (
        "from_email",
        "from_label",
        "to_emails",
        "subject_line",
        "template_id",
        "name",
    ),
}
TESTS: Final[dict[str, tuple[str, ...]]] = {
    "profile-metric": (
        "type",
        "metric_id",
        "measurement",
        "measurement_filter",
        "timeframe_filter",
        "metric_filters",
    ),
    "profile-property": ("type", "property", "filter"),
    "profile-group-membership": ("type", "is_member", "group_ids"),
    "profile-marketing-consent": ("type", "consent"),
    "profile-predictive-analytics": ("type", "dimension", "filter"),
    "profile-sample": ("type", "percentage"),
    "metric-property": ("type", "metric_id", "field", "filter"),
}
