"""The evidence library and what a playbook rests on, as JSON, and its schema
(docs/reference/evidence.schema.json)."""

from __future__ import annotations

import json
from typing import Any, Final

from playbook_compiler.source import Span
from playbook_runtime.evidence import library
from playbook_runtime.evidence.account import (
    DEFAULT,
    NAMED,
    OWN,
    EvidenceAccount,
    OwnExperiment,
    Use,
)
from playbook_runtime.evidence.effects import drawn_interval
from playbook_runtime.evidence.model import GRADES, Beta, Evidence, Form, Multipliers, Normal
from playbook_runtime.evidence.words import effect_words

JSON_VERSION: Final = 1
Json = dict[str, Any]


def render(account: EvidenceAccount | None) -> str:
    """Return the library, and the account of a playbook if there is one, as JSON."""
    data = {
        "version": JSON_VERSION,
        "library": [_entry(found) for found in library.LIBRARY],
        "playbook": None if account is None else _account(account),
    }
    return json.dumps(data, indent=2) + "\n"


def _entry(found: Evidence) -> Json:
    said: Json = {
        "id": found.id,
        "effect": found.effect,
        "form": str(found.form),
        "prior": _prior(found),
        "interval": None,
        "in_sample": found.in_sample or None,
        "source": found.source,
        "grade": str(found.grade),
        "window_days": found.window_days if found.is_effect else None,
        "claim": found.claim_only,
        "usable": found.is_effect,
    }
    if isinstance(found.prior, Normal | Beta):
        said["interval"] = _interval(drawn_interval(found))
    return said


def _prior(found: Evidence) -> Json | None:
    match found.prior:
        case Normal(mean, sd):
            return {"family": "normal", "scale": str(found.form.scale), "mean": mean, "sd": sd}
        case Beta(a, b):
            return {"family": "beta", "a": a, "b": b}
        case Multipliers(values, spread):
            return {"family": "multipliers", "values": list(values), "spread": spread}
        case None:
            return None


def _account(account: EvidenceAccount) -> Json:
    return {
        "name": account.playbook,
        "effects": [_use(use) for use in account.uses],
        "without_effect": [
            {"flow": one.flow, "step": one.step, "why": one.why, "place": _place(one.span)}
            for one in account.unsupported
        ],
        "experiments": [_experiment(one) for one in account.experiments],
        "switched_off": list(account.off),
    }


def _use(use: Use) -> Json:
    prior = use.prior
    return {
        "flow": use.flow,
        "step": use.step or None,
        "form": str(prior.form),
        "words": effect_words(prior),
        "interval": _interval(prior.interval),
        "window_days": prior.window_days,
        "origin": use.origin,
        "evidence": prior.evidence_id or None,
        "experiments": list(use.experiments),
        "source": prior.source,
        "grade": str(prior.grade),
        "in_headline": prior.in_headline,
        "place": _place(use.span),
    }


def _experiment(one: OwnExperiment) -> Json:
    experiment = one.experiment
    return {
        "id": experiment.id,
        "effect": experiment.effect,
        "control": {
            "customers": experiment.control.customers,
            "buyers": experiment.control.buyers,
        },
        "treated": {
            "customers": experiment.treated.customers,
            "buyers": experiment.treated.buyers,
        },
        "within_days": float(experiment.within.nominal_days),
        "before": _interval(one.before.interval),
        "after": _interval(one.after.interval),
        "grade": str(one.after.grade),
        "used_by": list(one.used_by),
        "place": _place(experiment.origin.span()),
    }


def _interval(quantiles: tuple[float, float, float]) -> Json:
    low, middle, high = quantiles
    return {"p10": low, "p50": middle, "p90": high}


def _place(span: Span) -> Json:
    return {"file": span.file, "line": span.line}


def evidence_schema() -> Json:
    """Return the JSON Schema (2020-12) of `playbook evidence --output-format json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Evidence, version {JSON_VERSION}",
        "description": "What `playbook evidence --output-format json` prints: the library and, with"
        " a PATH, what the playbook there rests on. Ratios as factors, shares as fractions, added"
        " orders per 1,000.",
        **_object(
            version={"const": JSON_VERSION},
            library=_list(_ENTRY),
            playbook={"anyOf": [_ACCOUNT, {"type": "null"}]},
        ),
        "$defs": {
            "interval": {
                "description": "Quantiles; p10 to p90 is 80%.",
                **_object(p10=_NUMBER, p50=_NUMBER, p90=_NUMBER),
            },
            "place": _object(file=_TEXT, line={"type": "integer", "minimum": 1}),
        },
    }


def _object(**properties: Json) -> Json:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _or_null(kind: str, description: str) -> Json:
    return {"type": [kind, "null"], "description": description}


_TEXT: Final[Json] = {"type": "string"}
_NUMBER: Final[Json] = {"type": "number"}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_YES_NO: Final[Json] = {"type": "boolean"}
_TEXTS: Final[Json] = {"type": "array", "items": _TEXT}
_INTERVAL: Final[Json] = {"$ref": "#/$defs/interval"}
_PLACE: Final[Json] = {"$ref": "#/$defs/place"}
_GRADE: Final[Json] = {"enum": list(GRADES)}
_FORM: Final[Json] = {"enum": list(Form)}
_ARM: Final[Json] = _object(customers=_COUNT, buyers=_COUNT)
_ENTRY: Final[Json] = _object(
    id=_TEXT,
    effect=_TEXT,
    form=_FORM,
    prior={"type": ["object", "null"], "description": "As decided; null for rules and claims."},
    interval={"anyOf": [_INTERVAL, {"type": "null"}]},
    in_sample=_or_null("string", "What the study itself found."),
    source=_TEXT,
    grade=_GRADE,
    window_days=_or_null("number", "How long the effect lasts."),
    claim={"type": "boolean", "description": "Quoted, never used as an effect."},
    usable={"type": "boolean", "description": "Whether `expect:` can name it."},
)
_USE: Final[Json] = _object(
    flow=_TEXT,
    step=_or_null("string", "Null: on all who enter the flow."),
    form=_FORM,
    words={"type": "string", "description": "The same for people."},
    interval=_INTERVAL,
    window_days=_NUMBER,
    origin={
        "enum": [OWN, NAMED, DEFAULT],
        "description": "Figures in `expect:`, an id in `expect:`, or nothing was written.",
    },
    evidence=_or_null("string", "Of the library, or what the author names as the source."),
    experiments={**_TEXTS, "description": "The shop's own that updated it."},
    source=_TEXT,
    grade=_GRADE,
    in_headline=_YES_NO,
    place=_PLACE,
)
_EXPERIMENT: Final[Json] = _object(
    id=_TEXT,
    effect=_TEXT,
    control=_ARM,
    treated=_ARM,
    within_days=_NUMBER,
    before=_INTERVAL,
    after=_INTERVAL,
    grade=_GRADE,
    used_by={**_TEXTS, "description": "flow/step, or a flow; empty: nothing rests on it."},
    place=_PLACE,
)
_ACCOUNT: Final[Json] = _object(
    name=_TEXT,
    effects=_list(_USE),
    without_effect=_list(_object(flow=_TEXT, step=_TEXT, why=_TEXT, place=_PLACE)),
    experiments=_list(_EXPERIMENT),
    switched_off=_TEXTS,
)
