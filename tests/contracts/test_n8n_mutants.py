"""Broken workflows, and who catches each: n8n's own parser, our own checks, or both.

The table is exact in both directions. A mutant that nobody catches fails, and so does one that is
caught by others than it says: a check that grew blind shows at once.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from tests.contracts.n8n_engine import code_problems, structure_problems
from tests.contracts.n8n_exports import node, workflow

from playbook_compiler.targets.n8n.graph_checks import check_workflow

Json = Any
PARSER, NODE, OURS = "parser", "Node", "own checks"


def _of_type(made: Json, kind: str) -> Json:
    return next(one for one in made["nodes"] if one["type"] == f"n8n-nodes-base.{kind}")


def _first_link(made: Json) -> Json:
    return made["connections"]["Called"]["main"][0][0]


def _active(made: Json) -> None:
    made["active"] = True


def _no_id(made: Json) -> None:
    made["id"] = None


def _no_name(made: Json) -> None:
    made["name"] = " "


def _misspelt_workflow_key(made: Json) -> None:
    made["setting"] = made.pop("settings")


def _node_without_name(made: Json) -> None:
    del made["nodes"][-1]["name"]


def _node_without_type(made: Json) -> None:
    del made["nodes"][-1]["type"]


def _node_without_place(made: Json) -> None:
    del made["nodes"][-1]["position"]


def _place_of_three(made: Json) -> None:
    made["nodes"][-1]["position"].append(0)


def _name_twice(made: Json) -> None:
    made["nodes"][-1]["name"] = made["nodes"][-2]["name"]


def _id_twice(made: Json) -> None:
    made["nodes"][-1]["id"] = made["nodes"][-2]["id"]


def _dangling_link(made: Json) -> None:
    _first_link(made)["node"] = "nowhere"


def _link_from_nowhere(made: Json) -> None:
    made["connections"]["nowhere"] = {"main": [[]]}


def _link_into_second_input(made: Json) -> None:
    _first_link(made)["index"] = 1


def _link_without_index(made: Json) -> None:
    del _first_link(made)["index"]


def _too_many_ways(made: Json) -> None:
    link = {"node": "Enters", "type": "main", "index": 0}
    made["connections"]["Called"]["main"] += [[link]]


def _cycle(made: Json) -> None:
    made["connections"]["Entered"]["main"][0].append({"node": "Start", "type": "main", "index": 0})


def _unreachable(made: Json) -> None:
    made["connections"]["Called"]["main"] = [[]]


def _no_trigger(made: Json) -> None:
    made["nodes"] = [one for one in made["nodes"] if one["name"] != "Called"]
    del made["connections"]["Called"]


def _unknown_type(made: Json) -> None:
    _of_type(made, "emailSend")["type"] = "n8n-nodes-base.sendEmail"


def _other_version(made: Json) -> None:
    _of_type(made, "switch")["typeVersion"] = 1


def _misspelt_node_key(made: Json) -> None:
    mail = _of_type(made, "emailSend")
    mail["credential"] = mail.pop("credentials")


def _misspelt_parameter(made: Json) -> None:
    parameters = _of_type(made, "emailSend")["parameters"]
    parameters["to"] = parameters.pop("toEmail")


def _open_to_everybody(made: Json) -> None:
    _of_type(made, "webhook")["parameters"]["authentication"] = "none"


def _no_webhook_id(made: Json) -> None:
    del _of_type(made, "webhook")["webhookId"]


def _path_of_an_expression(made: Json) -> None:
    _of_type(made, "webhook")["parameters"]["path"] = "={{ $json.customer }}"


def _an_authors_expression(made: Json) -> None:
    _of_type(made, "emailSend")["parameters"]["subject"] = "={{ $env.SECRET }}"


def _half_an_expression(made: Json) -> None:
    _of_type(made, "emailSend")["parameters"]["subject"] = "={{ $json.subject"


def _broken_expression(made: Json) -> None:
    _of_type(made, "emailSend")["parameters"]["subject"] = "={{ $json. }}"


def _own_code(made: Json) -> None:
    _of_type(made, "code")["parameters"]["jsCode"] = "return [];"


def _code_as_an_expression(made: Json) -> None:
    made["nodes"][1]["parameters"]["jsCode"] = "={{ $json.subject }}"


def _broken_code(made: Json) -> None:
    made["nodes"][1]["parameters"]["jsCode"] += "}"


def _wait_of_nothing(made: Json) -> None:
    _wait(made, "timeInterval")["parameters"]["amount"] = 0


def _wait_of_weeks(made: Json) -> None:
    _wait(made, "timeInterval")["parameters"]["unit"] = "weeks"


def _wait_for_ever(made: Json) -> None:
    wait = next(one for one in made["nodes"] if one["parameters"].get("resume") == "webhook")
    wait["parameters"]["limitWaitTime"] = False


def _wait_until_a_word(made: Json) -> None:
    _wait(made, "specificTime")["parameters"]["dateTime"] = "tomorrow"


def _wait(made: Json, resume: str) -> Json:
    return next(one for one in made["nodes"] if one["parameters"].get("resume") == resume)


def _call_over_http(made: Json) -> None:
    _of_type(made, "httpRequest")["parameters"]["url"] = "http://shop.example"


def _unknown_method(made: Json) -> None:
    _of_type(made, "httpRequest")["parameters"]["method"] = "FETCH"


def _mail_without_account(made: Json) -> None:
    del _of_type(made, "emailSend")["credentials"]


MUTANTS: list[tuple[str, str, Callable[[Json], None]]] = [
    (OURS, "welcome", _active),
    (OURS, "welcome", _no_id),
    (OURS, "welcome", _no_name),
    (OURS, "welcome", _misspelt_workflow_key),
    (f"{PARSER} and {OURS}", "welcome", _node_without_name),
    (f"{PARSER} and {OURS}", "welcome", _node_without_type),
    (f"{PARSER} and {OURS}", "welcome", _node_without_place),
    (f"{PARSER} and {OURS}", "welcome", _place_of_three),
    (f"{PARSER} and {OURS}", "welcome", _name_twice),
    (f"{PARSER} and {OURS}", "welcome", _id_twice),
    (f"{PARSER} and {OURS}", "welcome", _dangling_link),
    (f"{PARSER} and {OURS}", "welcome", _link_from_nowhere),
    (OURS, "welcome", _link_into_second_input),
    (f"{PARSER} and {OURS}", "welcome", _link_without_index),
    (OURS, "welcome", _too_many_ways),
    (OURS, "welcome", _cycle),
    (OURS, "welcome", _unreachable),
    (OURS, "welcome", _no_trigger),
    (OURS, "welcome", _unknown_type),
    (OURS, "welcome", _other_version),
    (OURS, "welcome", _misspelt_node_key),
    (OURS, "welcome", _misspelt_parameter),
    (OURS, "welcome", _open_to_everybody),
    (OURS, "welcome", _no_webhook_id),
    (OURS, "welcome", _path_of_an_expression),
    (OURS, "welcome", _an_authors_expression),
    (NODE, "welcome", _broken_expression),
    (OURS, "welcome", _half_an_expression),
    (OURS, "welcome", _own_code),
    (OURS, "welcome", _code_as_an_expression),
    (NODE, "welcome", _broken_code),
    (OURS, "welcome", _wait_of_nothing),
    (OURS, "welcome", _wait_of_weeks),
    (OURS, "win-back", _wait_for_ever),
    (OURS, "welcome", _wait_until_a_word),
    (OURS, "welcome", _call_over_http),
    (OURS, "welcome", _unknown_method),
    (OURS, "welcome", _mail_without_account),
]


def _catchers(made: Json) -> str:
    found = [PARSER] if structure_problems(made) else []
    named = all("name" in one and "type" in one for one in made["nodes"])
    found += [NODE] if named and code_problems(made) else []
    return " and ".join([*found, *([OURS] if check_workflow(made) else [])])


@pytest.mark.parametrize("flow", ["welcome", "win-back"])
def test_a_workflow_is_whole_before_it_is_broken(flow: str) -> None:
    assert _catchers(workflow("everything", flow)) == ""
    assert node(workflow("everything", flow), "Called")["type"] == "n8n-nodes-base.webhook"


@pytest.mark.parametrize(
    ("caught_by", "flow", "breaks"),
    MUTANTS,
    ids=[breaks.__name__.strip("_") for _, _, breaks in MUTANTS],
)
def test_a_broken_workflow_is_caught(
    caught_by: str, flow: str, breaks: Callable[[Json], None]
) -> None:
    made = deepcopy(workflow("everything", flow))
    breaks(made)
    assert made != workflow("everything", flow), "the mutant is no mutant"
    assert _catchers(made) == caught_by
