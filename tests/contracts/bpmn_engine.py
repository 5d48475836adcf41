"""SpiffWorkflow with a clock of our own: an exported process runs in it as it is written.

What the engine cannot know is asked of an application: variables, functions, what service tasks
do. `Run` is one process of one customer; the clock of all of them is `CLOCK`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Any, ClassVar, Protocol, Self
from unittest.mock import patch

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.bpmn.specs.event_definitions import timer as spiff_timer
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DATA = "{https://playbook-compiler.example/bpmn}data"
MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True)
class Clock:
    """What time it is: the engine's timers are due when it is later than they say."""

    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def set(self, moment: int) -> None:
        """Go to a whole second."""
        self.now = datetime.fromtimestamp(moment, UTC)

    @property
    def second(self) -> int:
        """The whole second that it is."""
        return int(self.now.timestamp() // 1)


CLOCK = Clock()


class _PatchedDatetime(datetime):
    """The class by which the engine's timers tell the time."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Return the time of our clock."""
        now = CLOCK.now.astimezone(tz)
        return cls.combine(now.date(), now.timetz())


def patched_clock() -> Any:
    """Return the context in which the engine's timers read our clock."""
    return patch.object(spiff_timer, "datetime", _PatchedDatetime)


class Application(Protocol):
    """What holds the engine and knows the customer."""

    def variable(self, run: Run, name: str) -> Any:
        """Return a variable or function for a run; raises KeyError where there is none."""

    def sent(self, run: Run, node: str, message: str) -> None:
        """A send task has thrown a message: `send:email:hello`."""

    def served(self, run: Run, operation: str, data: Mapping[str, str]) -> None:
        """A service task runs."""

    def acted(self, run: Run) -> None:
        """A step that acts is done, or held back."""

    def starts(self, run: Run, flow: str) -> None:
        """A run starts another flow."""


class _Service(ServiceTask):  # type: ignore[misc]
    """A service task: the application does it, at once."""

    def _execute(self, task: Any) -> bool:
        engine: _Engine = task.workflow.script_engine
        definition = engine.run.definition
        engine.run.application.served(
            engine.run, definition.operations[self.name], definition.data.get(self.name, {})
        )
        return True


class _Parser(BpmnParser):  # type: ignore[misc]
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag("serviceTask"): (TaskParser, _Service)
    }


class _Names(dict[str, Any]):
    """The names of an expression: what came with messages, else what the application says."""

    def __init__(self, run: Run, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.run = run

    def __missing__(self, name: str) -> Any:
        return self.run.application.variable(self.run, name)


@cache
def _compiled(expression: str) -> Any:
    return compile(expression, "<bpmn>", "eval")


class _Environment(TaskDataEnvironment):  # type: ignore[misc]
    """Evaluates expressions of a run as Python, without builtins."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run

    def evaluate(
        self, expression: str, context: dict[str, Any], external_context: Any = None
    ) -> Any:
        return eval(_compiled(expression), {"__builtins__": {}}, _Names(self.run, context))


class _Engine(PythonScriptEngine):  # type: ignore[misc]
    def __init__(self, run: Run) -> None:
        super().__init__(environment=_Environment(run))
        self.run = run


@dataclass(frozen=True, slots=True)
class Definition:
    """A process as the engine has read it, and what the application reads off its file."""

    spec: Any
    parts: Mapping[str, Any]
    data: Mapping[str, Mapping[str, str]]
    operations: Mapping[str, str]
    condition: str


def definition(content: bytes) -> Definition | None:
    """Return the process of a file; None where it is switched off."""
    parser = _Parser()
    parser.add_bpmn_str(content)
    root = etree.fromstring(content)
    (process,) = root.findall(f"{MODEL}process")
    if process.get("isExecutable") != "true":
        return None
    operations = {one.get("id"): one.get("name") for one in root.iter(f"{MODEL}operation")}
    conditions = [one.text for one in root.iter(f"{MODEL}condition")]
    return Definition(
        parser.get_spec(process.get("id")),
        parser.get_subprocess_specs(process.get("id")),
        {
            one.get("id"): {
                data.get("name"): data.text or ""
                for data in one.findall(f"{MODEL}extensionElements/{DATA}")
            }
            for one in root.iter()
            if one.get("id") is not None
        },
        {
            one.get("id"): operations[one.get("operationRef")]
            for one in root.iter(f"{MODEL}serviceTask")
        },
        conditions[0] if conditions else "",
    )


@dataclass(slots=True, eq=False)
class Run:
    """One process of one customer. `entered_at` is None before the run begins."""

    application: Application
    flow: str
    definition: Definition
    number: int
    key: int = -1
    entered_at: int | None = None
    acted_at: int | None = None
    notes: dict[str, Any] = field(default_factory=dict)
    workflow: Any = None

    def __post_init__(self) -> None:
        engine = _Engine(self)
        made = self.definition
        self.workflow = BpmnWorkflow(made.spec, made.parts, script_engine=engine)
        self.go_on()

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do or to wait for."""
        return bool(self.workflow.completed)

    def catch(self, message: str, payload: Mapping[str, Any] | None = None) -> bool:
        """Deliver a message; return whether the process waited for it."""
        event = BpmnEvent(MessageEventDefinition(message), payload=dict(payload or {}))
        caught: bool = self.workflow.event_manager.catch(event, internal=False) > 0
        if caught:
            self.go_on()
        return caught

    def go_on(self) -> None:
        """Let the engine do everything that is ready."""
        while True:
            self.workflow.do_engine_steps(did_complete_task=self._done)
            parts = (self.workflow, *self.workflow.get_active_subprocesses())
            if not any(part.get_next_task(state=TaskState.READY) for part in parts):
                return

    def due(self) -> datetime | None:
        """Return when the next timer is due."""
        values = [
            task._get_internal_data("event_value")
            for task in self.workflow.event_manager.tasks.values()
        ]
        times = [datetime.fromisoformat(value) for value in values if value is not None]
        return min(times, default=None)

    def wake(self) -> None:
        """Let timers that are due go off."""
        self.workflow.refresh_timers()
        self.go_on()

    def _done(self, task: Any) -> None:
        """A task is done: take what it threw, and tell the application."""
        name = task.task_spec.name
        kind = type(task.task_spec).__name__
        thrown = [
            event.event_definition.name
            for event in self.workflow.get_events()
            if isinstance(event.event_definition, MessageEventDefinition)
        ]
        data = self.definition.data.get(name, {})
        for message in thrown:
            if message.startswith("send:"):
                self.application.sent(self, data["node"], message)
            elif message.startswith("start:"):
                self.application.starts(self, message.removeprefix("start:"))
        if kind in ("SendTask", "IntermediateThrowEvent", "_Service"):
            self.application.acted(self)
