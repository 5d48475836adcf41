"""The JavaScript of Code nodes: fixed functions, and rules of the playbook as JSON data.

No code is made from what an author wrote: conditions and texts are data that the functions here
read. What a customer's record holds is looked up by its own keys only.
"""

from __future__ import annotations

import json
from typing import Any, Final

START: Final = "$('Start').first().json"
_OWN = """\
const own = (record, name) =>
  record !== null && typeof record === 'object' && Object.hasOwn(record, name)
    ? record[name] : null;
"""
# A condition is true, false, or unknown (null), after Kleene; unknown never counts as true.
_TRUTH = """\
const truth = (test, customer, trigger, now) => {
  const read = ([where, name]) => own(where === 'trigger' ? trigger : customer, name);
  const comparable = (found, type) => {
    if (found === null || found === undefined) return null;
    if (type === 'number') {
      const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
      return typeof number === 'number' && Number.isFinite(number) ? number : null;
    }
    if (type === 'boolean') return typeof found === 'boolean' ? found : null;
    if (type === 'date') return String(found).slice(0, 10);
    if (type === 'day') return String(found).slice(-5);
    return String(found);
  };
  const compared = (found, operator, value) => {
    switch (operator) {
      case '=': return found === value;
      case '!=': return found !== value;
      case '<': return found < value;
      case '<=': return found <= value;
      case '>': return found > value;
      default: return found >= value;
    }
  };
  const joined = (parts, end) => {
    let all = !end;
    for (const part of parts) {
      const found = one(part);
      if (found === end) return end;
      if (found === null) all = null;
    }
    return all;
  };
  const one = ([kind, what, a, b, c]) => {
    switch (kind) {
      case 'and': return joined(what, false);
      case 'or': return joined(what, true);
      case 'not': { const found = one(what); return found === null ? null : !found; }
      case 'audience': return one(what) === true;
      case 'known': return ((read(what) ?? null) !== null) === a;
      case 'compare': {
        const found = comparable(read(what), c);
        return found === null ? null : compared(found, a, b);
      }
      case 'in': {
        const found = comparable(read(what), b);
        return found === null ? null : a.includes(found);
      }
      case 'between': {
        const found = comparable(read(what), c);
        if (found === null) return null;
        return a > b ? found >= a || found <= b : found >= a && found <= b;
      }
      case 'has': {
        const found = read(what);
        return Array.isArray(found) ? found.includes(a) : b ? false : null;
      }
      case 'event': {
        const at = own(own(customer, 'events'), what);
        if (!at) return false;
        return a === null || DateTime.fromISO(String(at)) >= now.minus(a);
      }
      case 'left': {
        const channels = own(customer, 'unsubscribed');
        return Array.isArray(channels) && channels.includes(what);
      }
      default: {
        const asked = own(own(customer, 'is'), what);
        return typeof asked === 'boolean' ? asked : null;
      }
    }
  };
  return test === null ? true : one(test);
};
"""
# The same text always falls at the same place from 0 to below 1.
_BUCKET = """\
const bucket = (text) => {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    hash = Math.imul(hash ^ (code & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (code >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
};
"""
_ZONED = """\
const zoned = (customer, shop) => {
  const named = own(customer, 'zone');
  const local = DateTime.now().setZone(named ? String(named) : shop);
  return local.isValid ? local : DateTime.now().setZone(shop);
};
"""
# Texts: literals, values with a default, and choices. Values are escaped for where they stand.
_SAY = """\
const say = (parts, values) => parts.map((part) => {
  if (typeof part === 'string') return part;
  const [where, name] = part.value;
  const found = own(own(values, where), name);
  const text = found === null || found === undefined ? '' : String(found);
  if (part.then) return say(text.trim() === '' ? part.otherwise : part.then, values);
  const shown = text === '' ? part.default : text;
  if (part.place === 'text') return shown;
  const safe = part.place === 'attribute' && /^\\s*(javascript|data|vbscript)\\s*:/i.test(shown)
    ? '#' : shown;
  return safe.replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}).join('');
"""
_PARTS: Final = {
    "own": _OWN,
    "truth": _TRUTH,
    "bucket": _BUCKET,
    "zoned": _ZONED,
    "say": _SAY,
}
_BEGIN = """\
const start = $('Start').first().json;
const customer = $input.first().json;
const now = DateTime.now();
"""

SETTINGS = """\
const input = $input.first().json;
const body = own(input, 'body') ?? input;
const customer = own(body, 'customer');
if (own(customer, 'id') === null) {
  throw new Error('The call needs a customer with an id.');
}
return [{ json: {
  customer,
  trigger: own(body, 'trigger') ?? {},
  started: DateTime.now().toISO(),
  settings: rule.settings,
} }];
"""
ENTER = f"""\
{_BEGIN}\
const before = own(own(customer, 'entered'), rule.flow);
const again = () => {{
  if (!before || rule.entry.rule === 'always') return true;
  if (rule.entry.rule === 'once') return false;
  return DateTime.fromISO(String(before)) <= now.minus(rule.entry.after);
}};
const held = rule.holdout > 0 && bucket(`${{start.customer.id}}/holdout`) < rule.holdout;
const may = again() && !held && rule.tests.every(
  (test) => truth(test, customer, start.trigger, now) === true,
);
return [{{ json: {{ way: may ? 0 : 1, customer }} }}];
"""
# 0: go on; 1: past this message; 2: the run is over.
GATE = f"""\
{_BEGIN}\
const started = DateTime.fromISO(start.started);
const over = rule.exit_on.some((event) => {{
  const at = own(own(customer, 'events'), event);
  return at && DateTime.fromISO(String(at)) >= started;
}}) || (rule.exit_when !== null && truth(rule.exit_when, customer, start.trigger, now) === true);
const allowed = () => {{
  if (rule.holdout > 0 && bucket(`${{start.customer.id}}/holdout`) < rule.holdout) return false;
  const left = own(customer, 'unsubscribed');
  if (Array.isArray(left) && left.includes(rule.channel)) return false;
  if (rule.consent) {{
    const given = own(customer, 'consent');
    if (!Array.isArray(given) || !given.includes(rule.channel)) return false;
  }}
  const sent = own(customer, 'sent');
  return rule.caps.every((cap) => (Array.isArray(sent) ? sent : []).filter((one) =>
    (!cap.channel || own(one, 'channel') === cap.channel)
      && DateTime.fromISO(String(own(one, 'at'))) > now.minus(cap.per),
  ).length < cap.at_most);
}};
return [{{ json: {{ way: over ? 2 : rule.channel === '' || allowed() ? 0 : 1, customer }} }}];
"""
ASK = f"""\
{_BEGIN}\
const found = rule.tests.findIndex((test) => truth(test, customer, start.trigger, now) === true);
return [{{ json: {{ way: found < 0 ? rule.tests.length : found, customer }} }}];
"""
SPLIT = """\
const start = $('Start').first().json;
const place = bucket(`${start.customer.id}/${rule.split}`);
const found = rule.upto.findIndex((limit) => place < limit);
return [{ json: { way: found < 0 ? rule.upto.length : found } }];
"""
TURN = """\
const customer = $input.first().json;
const taken = Number(own(own(customer, 'turns'), rule.step) ?? 0);
const turn = Number.isInteger(taken) && taken >= 0 ? taken : 0;
return [{ json: { way: turn % rule.count, customer } }];
"""
# The hours of the customer's day: out of the quiet ones, and within those of the message.
WHEN = """\
const start = $('Start').first().json;
const inside = ([from, to], minute) =>
  from <= to ? minute >= from && minute < to : minute >= from || minute < to;
const next = (time, minute) => {
  const day = time.startOf('day').set({ hour: Math.floor(minute / 60), minute: minute % 60 });
  return day >= time ? day : day.plus({ days: 1 });
};
let time = zoned(start.customer, rule.zone);
const minutes = () => time.hour * 60 + time.minute;
for (let round = 0; round < 3; round += 1) {
  if (rule.at !== null && !inside(rule.at, minutes())) time = next(time, rule.at[0]);
  if (rule.quiet !== null && inside(rule.quiet, minutes())) time = next(time, rule.quiet[1]);
}
return [{ json: { until: time.toISO() } }];
"""
UNTIL = """\
const start = $('Start').first().json;
const local = zoned(start.customer, rule.zone);
let time = local.startOf('minute');
if (rule.minute !== null) {
  time = time.set({ hour: Math.floor(rule.minute / 60), minute: rule.minute % 60 });
}
if (rule.weekday !== null) {
  time = time.plus({ days: (rule.weekday - local.weekday + 7) % 7 });
  if (rule.minute === null && time.weekday !== local.weekday) time = time.startOf('day');
}
const passed = time < local.startOf('minute');
if (passed) time = time.plus({ days: rule.weekday === null ? 1 : 7 });
return [{ json: { until: time.toISO() } }];
"""
WAITING = "return [{ json: { waiting: true } }];\n"
# On time-out a Wait node gives on what came in; on a call it gives the call.
HAPPENED = """\
return [{ json: { way: $input.first().json.waiting === true ? 1 : 0 } }];
"""
MESSAGE = """\
const start = $('Start').first().json;
const customer = $(rule.gate).first().json.customer;
const offer = rule.codes === '' ? {} : $(rule.codes).first().json;
const values = { customer, trigger: start.trigger, offer };
const address = String(own(customer, 'email') ?? '');
return [{ json: {
  to: /^[^\\s,;:<>"]+@[^\\s,;:<>"]+$/.test(address) ? address : '',
  from: rule.from,
  subject: say(rule.subject, values).replace(/\\s+/g, ' ').trim(),
  text: say(rule.text, values),
  html: say(rule.html, values),
} }];
"""
_USES = {
    "truth": "truth(",
    "bucket": "bucket(",
    "zoned": "zoned(",
    "say": "say(",
    "own": "own(",
}


def data(value: Any) -> str:
    """Return JSON as it may stand in JavaScript and in n8n's expressions: no braces in texts."""
    text = json.dumps(value, ensure_ascii=True)
    made, quoted, escaped = [], False, False
    for char in text:
        if quoted and char in "{}<>":
            made.append(f"\\u{ord(char):04x}")
        else:
            made.append(char)
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = quoted
        elif char == '"':
            quoted = not quoted
    return "".join(made)


def script(body: str, rule: dict[str, Any] | None = None) -> str:
    """Return the text of a Code node: what it uses, its rule, and what it does."""
    wanted = {name for name, sign in _USES.items() if sign in body}
    if wanted & {"truth", "zoned", "say"}:
        wanted.add("own")
    functions = "".join(_PARTS[name] for name in _PARTS if name in wanted)
    lead = "// Written by playbook: change the playbook, not this.\n"
    given = f"const rule = {data(rule)};\n" if rule is not None else ""
    return f"{lead}{functions}{given}{body}"


def quoted(value: Any) -> str:
    """Return a value as it may stand inside an expression."""
    return data(value)
