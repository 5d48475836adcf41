"""What the BPMN 2.0 schema and SpiffWorkflow's parser say against a process.

Both come with the package SpiffWorkflow: OMG's `BPMN20.xsd`, and the parser of the engine.
"""

from __future__ import annotations

from functools import cache

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException


@cache
def _validator() -> BpmnValidator:
    return BpmnValidator()


def schema_problems(content: bytes) -> list[str]:
    """Return what the schema of BPMN 2.0 says against a file."""
    try:
        _validator().validate(etree.fromstring(content))
    except (ValidationException, etree.LxmlError) as error:
        return [str(error)]
    return []


def parser_problems(content: bytes) -> list[str]:
    """Return what the engine's parser says against a file. What is switched off is not parsed."""
    parser = BpmnParser()
    try:
        parser.add_bpmn_str(content)
        for process in parser.get_process_ids():
            parser.get_subprocess_specs(process)
    except (ValidationException, etree.LxmlError, NotImplementedError) as error:
        return [str(error)]
    return []
