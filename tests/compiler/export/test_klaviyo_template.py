"""Messages in Klaviyo: variables rewritten, Markdown rendered, everything else inert."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.contracts.exports import bundle_of, case

from playbook_compiler.export.bundle import ExportBundle

HEAD = """\
playbook: 1
name: leaf
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
guardrails: {consent: {email: opt-in}}
offers: {code: {percent_off: 10%, valid: 14d}}
"""


def _bundle(tmp_path: Path, body: str, *, subject: str = "Tea", more: str = "") -> ExportBundle:
    message = json.dumps({"subject": subject, "body": body})
    text = (
        f"{HEAD}messages: {{m: {message}}}\nflows:\n"
        f"  f: {{trigger: cart_abandoned, steps: [{{wait: 1d}}, {{send: m{more}}}]}}\n"
    )
    (tmp_path / "playbook.yaml").write_text(text, encoding="utf-8")
    return bundle_of(tmp_path)


def _html(bundle: ExportBundle) -> str:
    return next(
        one.payload["data"]["attributes"]["html"]
        for one in bundle.requests
        if one.kind == "template"
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{{ customer.first_name }}", "{{ first_name|default:'' }}"),
        ('{{ first_name | default: "you" }}', "{{ first_name|default:'you' }}"),
        ("{{ sender.name }}", "Leaf"),
        ("{% if sender.url %}[shop]({{ sender.url }}){% else %}no shop{% endif %}", "no shop"),
        ("{{ sender_address }}", "Teeweg 1, Berlin"),
        ("[bye]({{ unsubscribe_url }})", '<a href="{% unsubscribe_link %}">bye</a>'),
        ("{{ product.name }}", "{{ event.ProductName|default:'' }}"),
        ("{{ trigger.cart.total }}", "{{ event|lookup:'$value'|default:'' }}"),
        (
            "{% if product.name %}a{% else %}b{% endif %}",
            "{% if event.ProductName %}a{% else %}b{% endif %}",
        ),
        ("**bold** & <i>", "<strong>bold</strong> &amp; &lt;i&gt;"),
    ],
)
def test_a_body_says_in_klaviyos_words_what_the_author_wrote(
    tmp_path: Path, written: str, expected: str
) -> None:
    assert expected in _html(_bundle(tmp_path, written))


def test_a_code_is_the_coupons(tmp_path: Path) -> None:
    bundle = _bundle(
        tmp_path, "{{ offer.code }} until {{ offer.valid_until }}", more=", offer: code"
    )
    assert "{% coupon_code 'code' %}" in _html(bundle)
    assert "days_later:14" in _html(bundle)
    assert [one.id for one in bundle.requests if one.kind == "coupon"] == ["coupon.code"]


def test_marketing_always_says_who_writes_and_how_to_leave(tmp_path: Path) -> None:
    html = _html(_bundle(tmp_path, "Nothing about it."))
    assert "Leaf, Teeweg 1, Berlin" in html
    assert "{% unsubscribe %}" in html


def test_what_the_author_says_himself_is_not_said_twice(tmp_path: Path) -> None:
    html = _html(_bundle(tmp_path, "{{ sender_address }} [bye]({{ unsubscribe_url }})"))
    assert html.count("Teeweg 1") == 1
    assert html.count("unsubscribe") == 1


def test_a_subject_is_one_line_with_its_variables(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path, "x", subject="{{ customer.first_name }}, your {{ product.name }}")
    flow = bundle.requests[-1].payload["data"]["attributes"]["definition"]
    subject = flow["actions"][-1]["data"]["message"]["subject_line"]
    assert subject == "{{ first_name|default:'' }}, your {{ event.ProductName|default:'' }}"


# What a template engine would run, and all that the exporter itself writes of it.
_RUN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_OURS = re.compile(
    r"\{\{ (?:first_name|event\.extra\.checkout_url|person\.email)(?:\|default:'[^'{}]*')? \}\}"
    r"|\{% unsubscribe(?:_link)? %\}"
)


def test_hostile_data_stays_text_everywhere() -> None:
    bundle = case("hostile")
    for request in bundle.requests:
        attributes = request.payload["data"]["attributes"]
        if request.kind == "template":
            html = attributes["html"]
            assert "<script" not in html
            assert not re.search(r"<[^>]*\sonerror", html)
            assert "javascript:" not in "".join(re.findall(r"<[^>]*>", html))
            texts = [html, attributes["text"]]
        else:
            messages = [one["data"].get("message") for one in attributes["definition"]["actions"]]
            texts = [
                str(message.get(key) or "")
                for message in messages
                if message
                for key in ("subject_line", "preview_text", "from_label", "body", "title")
            ]
        for text in texts:
            for tag in _RUN.findall(text):
                assert _OURS.fullmatch(tag), (request.id, tag)
    # The files are JSON whatever the names hold.
    for path, content in bundle.files.items():
        if path.endswith(".json"):
            json.loads(content)
        assert ".." not in path
        assert "<" not in path


def test_what_looks_like_our_own_mark_is_left_alone(tmp_path: Path) -> None:
    html = _html(_bundle(tmp_path, "pbtag0z pbtagx1z {{ customer.first_name }}"))
    assert "pbtag0z pbtagx1z {{ first_name|default:'' }}" in html


def test_data_is_not_markdown(tmp_path: Path) -> None:
    playbook = tmp_path / "playbook.yaml"
    text = HEAD.replace("name: Leaf,", 'name: "*Leaf* [x](https://else.example)",')
    playbook.write_text(
        f'{text}messages: {{m: {{subject: Tea, body: "{{{{ sender.name }}}}!"}}}}\n'
        "flows:\n  f: {trigger: sign_up, steps: [{send: m}]}\n",
        encoding="utf-8",
    )
    assert "<p>*Leaf* [x](https://else.example)!</p>" in _html(bundle_of(playbook))
