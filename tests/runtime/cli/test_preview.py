"""`playbook preview`: a message in words, what stood for its variables, and nothing dangerous."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.runtime.cli.command import BAD, playbook

SHIPPED = str(Path(__file__).parents[3] / "playbooks" / "growth.yaml")
SHOP = """\
playbook: 1
name: leaf
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
guardrails: {consent: {email: opt-in, sms: opt-in, push: opt-in}, holdout: 10%}
facts: {favourite: text}
offers: {ten: {percent_off: 10%, valid: 14d}, five: {percent_off: 5%, valid: 7d, code: FIVE}}
messages:
  cart:
    subject: "Your {{ product.name }}"
    preview: 'Hello {{ customer.first_name | default: "you" }}'
    body: |
      **Dear** {{ customer.first_name | default: "friend" }},
      {% if offer.code %}your code is {{ offer.code }}.{% else %}no code.{% endif %}
      [Back]({{ cart.url }}) {{ customer.favourite }}

      {{ sender_address }} [Bye]({{ unsubscribe_url }})
  note: {channel: sms, body: "Tea for {{ customer.first_name }}: [shop]({{ cart.url }}). STOP"}
  nudge: {channel: push, subject: Hello, body: "Your *cart* waits"}
flows:
  carts:
    trigger: cart_abandoned
    steps: [{send: cart, offer: ten}, {wait: 1d}, {send: note}, {wait: 1d}, {send: nudge}]
  again:
    trigger: product_browsed
    steps: [{wait: 1d}, {send: cart}]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "playbook.yaml").write_text(SHOP, encoding="utf-8")
    return tmp_path


def test_what_no_flow_brings_is_no_sample(shop: Path) -> None:
    late = SHOP.replace("trigger: cart_abandoned", "trigger: {every: month}").replace(
        "[shop]({{ cart.url }})", "[shop]({{ cart.url | default: 'https://leaf.example' }})"
    )
    (shop / "playbook.yaml").write_text(late, encoding="utf-8")
    done = playbook("preview", "note", cwd=shop)
    assert "shop (https://leaf.example)" in done.stdout, done.stdout + done.stderr
    told = playbook("preview", "note", "--set", "cart.url=https://else.example", cwd=shop)
    assert "shop (https://else.example)" in told.stdout


def test_a_channel_that_the_engine_lacks_is_told(shop: Path) -> None:
    done = playbook("preview", "note", "--target", "resend", cwd=shop)
    assert "Left out in Resend:\n  the whole message: Resend sends e-mail only" in done.stderr
    kept = playbook("preview", "note", "--target", "klaviyo", cwd=shop)
    assert "the whole message" not in kept.stderr


def test_a_message_stands_there_as_its_reader_sees_it(shop: Path) -> None:
    done = playbook("preview", "cart", cwd=shop)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "Preview of cart: e-mail, marketing, with the offer ten\n"
        "\n"
        "Subject: Your Green tea\n"
        "Preview: Hello Alex\n"
        "\n"
        "Dear Alex,\n"
        "your code is TEN-1234.\n"
        "Back (https://shop.example/cart) favourite\n"
        "\n"
        "Teeweg 1, Berlin Bye (https://shop.example/unsubscribe)\n"
    )
    assert "Values (samples; --customer FILE and --set NAME=VALUE give others):" in done.stderr
    assert "  customer.first_name  Alex\n" in done.stderr
    assert "It is also sent without an offer: --offer shows that." in done.stderr


def test_a_customers_values_come_from_a_file_and_what_is_missing_is_told(shop: Path) -> None:
    (shop / "ada.yaml").write_text(
        "customer: {first_name: Ada}\nproduct.name: Oolong\n", encoding="utf-8"
    )
    done = playbook("preview", "cart", "--customer", "ada.yaml", cwd=shop)
    assert "Subject: Your Oolong\n" in done.stdout
    assert "Dear Ada,\n" in done.stdout
    assert "Values (ada.yaml, samples for the offer):" in done.stderr
    assert "  cart.url             nothing stands there\n" in done.stderr
    (shop / "nobody.json").write_text(json.dumps({"order": {"total": 59.00}}), encoding="utf-8")
    done = playbook("preview", "cart", "--customer", "nobody.json", cwd=shop)
    assert "Dear friend,\n" in done.stdout
    assert "Preview: Hello you\n" in done.stdout
    assert 'customer.first_name  the default "friend" stands there\n' in done.stderr


def test_single_values_are_set(shop: Path) -> None:
    done = playbook(
        *("preview", "cart", "--set", "customer.first_name=Bo", "--set", "order.id=7"), cwd=shop
    )
    assert "Dear Bo,\n" in done.stdout
    assert "Not used by this message: order.id\n" in done.stderr
    emptied = playbook("preview", "cart", "--set", "customer.first_name=", cwd=shop)
    assert "Dear friend,\n" in emptied.stdout


def test_the_offer_is_chosen(shop: Path) -> None:
    assert "no code.\n" in playbook("preview", "cart", "--offer", "none", cwd=shop).stdout
    shared = playbook("preview", "cart", "--offer", "five", cwd=shop)
    assert "your code is FIVE.\n" in shared.stdout
    assert "  offer.code           FIVE\n" in shared.stderr


def test_sms_and_push_are_shown(shop: Path) -> None:
    assert playbook("preview", "note", cwd=shop).stdout.endswith(
        "\n\nTea for Alex: shop (https://shop.example/cart). STOP\n"
    )
    assert playbook("preview", "nudge", cwd=shop).stdout.endswith(
        "Subject: Hello\n\nYour cart waits\n"
    )
    page = playbook("preview", "note", "--format", "html", cwd=shop).stdout
    assert "<p" in page
    assert "Tea for Alex: shop" in page


def test_values_are_escaped_in_a_page(shop: Path) -> None:
    done = playbook(
        *("preview", "cart", "--format", "html", "--set", "cart.url=javascript:alert(1)"),
        *("--set", 'customer.first_name=<script>alert(1)</script> " {{ x }}'),
        cwd=shop,
    )
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert done.stdout.endswith("</html>\n")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &quot; {{ x }}" in done.stdout
    assert "<script" not in done.stdout
    assert '<a href="#">Back</a>' in done.stdout
    assert done.stderr.lstrip("\n").startswith("Subject: Your Green tea\n")


def test_a_terminal_gets_no_control_characters(shop: Path) -> None:
    done = playbook("preview", "cart", "--set", "customer.first_name=A\x1b[31m\u202e", cwd=shop)
    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout + done.stderr


def test_a_preview_is_written_to_a_file_and_over_an_earlier_one_only(shop: Path) -> None:
    for name in ("cart.html", "cart.txt"):
        for _ in range(2):
            done = playbook("preview", "cart", "-o", name, cwd=shop)
            assert done.returncode == 0
            assert done.stdout == ""
            assert done.stderr.endswith(f"Wrote {name}\n")
    assert (shop / "cart.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (shop / "cart.txt").read_text(encoding="utf-8").startswith("Preview of cart: ")
    (shop / "mine.txt").write_text("mine", encoding="utf-8")
    refused = playbook("preview", "cart", "-o", "mine.txt", cwd=shop)
    assert refused.returncode == 2
    assert (shop / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_an_engines_own_words_are_shown(shop: Path) -> None:
    done = playbook("preview", "cart", "--target", "klaviyo", "--offer", "none", cwd=shop)
    assert "as klaviyo gets it" in done.stdout
    assert "Subject: Your {{ event.ProductName|default:'' }}\n" in done.stdout
    assert "Dear {{ first_name|default:'friend' }},\nno code.\n" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("crat",), "No such message `crat`. Did you mean `cart`?"),
        (("zzzzzzz",), "There are: cart, note, nudge."),
        (("cart", "--offer", "tenn"), "No such offer `tenn`. Did you mean `ten`?"),
        (("cart", "--set", "product.nam=x"), "Did you mean `product.name`?"),
        (("cart", "--set", "product.name"), "`product.name` is not NAME=VALUE"),
        (("cart", "--customer", "none.yaml"), "none.yaml: No such file or directory"),
        (("cart", "--customer", "bad.yaml"), "bad.yaml: line 2: "),
        (("cart", "--customer", "bad.json"), "bad.json: no JSON in line 1"),
        (("cart", "--customer", "list.json"), "list.json: expected values by name"),
        (("cart", "--target", "klavio"), "Did you mean `klaviyo`?"),
        (("cart", "--target", "mermaid"), "Mermaid has no words of its own"),
        (("cart", "--target", "klaviyo", "--set", "order.id=1"), "--target shows variables"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    shop: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (shop / "bad.yaml").write_text("a: 1\na: 2\n", encoding="utf-8")
    (shop / "bad.json").write_text("{", encoding="utf-8")
    (shop / "list.json").write_text("[1]", encoding="utf-8")
    done = playbook("preview", *arguments, cwd=shop)
    assert done.returncode == 2
    assert done.stdout == ""
    assert sentence in done.stderr


def test_a_playbook_with_errors_has_no_preview(shop: Path) -> None:
    (shop / "playbook.yaml").write_text(BAD, encoding="utf-8")
    done = playbook("preview", "hello", cwd=shop)
    assert done.returncode == 1
    assert done.stdout == ""


def test_every_shipped_message_of_the_growth_playbook_has_a_preview(tmp_path: Path) -> None:
    from playbook_compiler.driver import compile_playbook

    graph = compile_playbook(SHIPPED).graph
    assert graph is not None
    assert graph.playbook.messages
    for name in graph.playbook.messages:
        done = playbook("-q", "preview", name, SHIPPED, cwd=tmp_path)
        assert done.returncode == 0
        assert done.stderr == ""
        for raw in ("{{", "{%", "**", "](", "\n\n\n"):
            assert raw not in done.stdout, name


def test_a_name_of_the_file_that_is_no_variable_is_told(shop: Path) -> None:
    values = {"customer": {"frist_name": "Ada", "last_name": "Lovelace"}}
    (shop / "ada.json").write_text(json.dumps(values), encoding="utf-8")
    done = playbook("preview", "cart", "--customer", "ada.json", cwd=shop)
    assert "ada.json: `customer.frist_name` is not read" in done.stderr
    assert "Did you mean `customer.first_name`?" in done.stderr
    assert "last_name" not in done.stderr


def test_what_a_trigger_brings_has_samples_of_its_kind(tmp_path: Path) -> None:
    text = SHOP.partition("messages:")[0] + (
        "programmes:\n"
        "  tiers: {basis: revenue over 12mo, levels: {leaf: 0, bud: 150}}\n"
        "  points: {earn: [{event: order_placed, points: 1 per EUR}],"
        " redeem: [{points: 500, for: {amount_off: 5.00}}], expire: 12mo after last activity}\n"
        "messages:\n"
        "  lapse: {kind: transactional, subject: Points,"
        ' body: "{{ trigger.points }} until {{ trigger.expires_on }}"}\n'
        '  ends: {kind: transactional, subject: Code, body: "Your {{ trigger.offer }}"}\n'
        '  level: {kind: transactional, subject: Level, body: "Now {{ trigger.tier }}"}\n'
        "flows:\n"
        "  a: {trigger: {points_expiring: 30d}, steps: [send: lapse]}\n"
        "  b: {trigger: {offer_expiring: 2d}, steps: [send: ends]}\n"
        "  c: {trigger: {tier_changed: up}, steps: [send: level]}\n"
    )
    (tmp_path / "playbook.yaml").write_text(text, encoding="utf-8")
    for message, said in (
        ("lapse", "3 until 2026-01-15\n"),
        ("ends", "Your five\n"),
        ("level", "Now bud\n"),
    ):
        done = playbook("preview", message, cwd=tmp_path)
        assert done.stdout.endswith(f"\n\n{said}"), (done.stdout, done.stderr)
    refused = playbook("preview", "level", "--target", "klaviyo", cwd=tmp_path)
    assert "the flow `c` sends this message" in refused.stderr
    assert "{{ trigger.tier }}" not in refused.stdout
