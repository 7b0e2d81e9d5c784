"""Golden histories: procedures as they once ran, which today's code must be able to continue.

A file is one run of one workflow: a line for each event, payloads as plain JSON. What names the machine that
recorded it, and what replay never reads, is left out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

FOLDER = Path(__file__).parent
PLAIN = base64.b64encode(b"json/plain").decode()

# Who did it and on what; the server's own bookkeeping; arguments of commands, which replay does not compare.
LEFT_OUT = frozenset(
    {
        "identity", "lastWorkerIdentity", "stackTrace", "binaryChecksum", "workerVersion", "deploymentOptions",
        "workerDeploymentName", "requestId", "taskId", "version", "historySizeBytes", "meteringMetadata", "priority",
        "header", "links", "startToCloseTimeout", "scheduleToCloseTimeout", "scheduleToStartTimeout",
        "heartbeatTimeout", "retryPolicy", "workflowExecutionTimeout", "workflowRunTimeout", "workflowTaskTimeout",
        "firstWorkflowTaskBackoff", "suggestContinueAsNew", "namespaceId", "useWorkflowBuildId", "namespace", "memo",
        "kind", "parentClosePolicy", "workflowIdReusePolicy", "workflowTaskCompletedEventId", "decisionTaskCompletedEventId",
    }
)  # fmt: skip
COMMANDS = ("ACTIVITY_TASK_SCHEDULED", "START_CHILD_WORKFLOW_EXECUTION_INITIATED")
PREFIX = "EVENT_TYPE_"


def names() -> list[str]:
    """Every history that there is."""
    return sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def path_of(name: str) -> Path:
    """Where a history lies."""
    return FOLDER / f"{name}.jsonl"


def load(name: str) -> WorkflowHistory:
    """A history as the replayer wants it."""
    return history_of(name, events_of(name))


def events_of(name: str) -> list[dict[str, Any]]:
    """The events of a history as they are written: id, at, type, and what belongs to that type."""
    return [json.loads(line) for line in path_of(name).read_text("utf-8").splitlines()]


def history_of(name: str, events: list[dict[str, Any]]) -> WorkflowHistory:
    """Events as the replayer wants them; the workflow id is the one under which the run was started."""
    workflow_id = str(events[0]["of"].get("workflowId", name))
    return WorkflowHistory.from_json(workflow_id, {"events": [_on_wire(event) for event in events]})


def keep(name: str, history: WorkflowHistory) -> Path:
    """Write a history down, without what belongs to this machine."""
    events = [_readable(event) for event in history.to_json_dict()["events"]]
    events[0]["of"]["workflowId"] = history.workflow_id
    lines = [json.dumps(event, ensure_ascii=False, separators=(",", ":")) for event in events]
    path_of(name).write_text("\n".join(lines) + "\n", "utf-8")
    return path_of(name)


def keys_of(value: Any) -> Iterator[str]:
    """Every field name in a structure."""
    match value:
        case dict():
            for key, inner in value.items():
                yield key
                yield from keys_of(inner)
        case list():
            for inner in value:
                yield from keys_of(inner)
        case _:
            return


def _readable(event: dict[str, Any]) -> dict[str, Any]:
    type_ = str(event["eventType"]).removeprefix(PREFIX)
    of = _slim(event.get(_attributes(type_), {}))
    if type_ in COMMANDS:
        of.pop("input", None)
    return {"id": int(event["eventId"]), "at": event["eventTime"], "type": type_, "of": of}


def _on_wire(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "eventId": str(event["id"]),
        "eventTime": event["at"],
        "eventType": PREFIX + event["type"],
        _attributes(event["type"]): _packed(event["of"]),
    }


def _attributes(type_: str) -> str:
    first, *rest = type_.lower().split("_")
    return first + "".join(word.capitalize() for word in rest) + "EventAttributes"


def _slim(value: Any) -> Any:
    match value:
        case {"kind": "TASK_QUEUE_KIND_STICKY", "normalName": str(name)}:
            return {"name": name}
        case {"metadata": {"encoding": encoding, **rest}, "data": str(data)} if encoding == PLAIN and not rest:
            return {"json": json.loads(base64.b64decode(data))}
        case dict():
            return {key: _slim(inner) for key, inner in value.items() if key not in LEFT_OUT}
        case list():
            return [_slim(inner) for inner in value]
        case _:
            return value


def _packed(value: Any) -> Any:
    match value:
        case {"json": content, **rest} if not rest:
            data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
            return {"metadata": {"encoding": PLAIN}, "data": base64.b64encode(data).decode()}
        case dict():
            return {key: _packed(inner) for key, inner in value.items()}
        case list():
            return [_packed(inner) for inner in value]
        case _:
            return value
