"""What workflows may ask is served: each call of the contracts once, in the service that owns its queue."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

import pytest

from services.kernel import contracts
from services.kernel.contracts.messages import Call, Message, Queue
from tests.house.tree import ROOT, SERVICES, source

CallOf = Call[Message, Message]


def _calls() -> dict[str, CallOf]:
    """Every call of the contracts, by the name of its constant."""
    found: dict[str, CallOf] = {}
    for part in pkgutil.iter_modules(contracts.__path__, contracts.__name__ + "."):
        module = importlib.import_module(part.name)
        found |= {name: value for name, value in vars(module).items() if isinstance(value, Call)}
    return found


def _served() -> Iterator[tuple[str, str]]:
    """(service, constant) for each `@serves(CONSTANT)` and, for local ones, `@activity.defn(name=CONSTANT.name)`."""
    for module in source():
        owner = module.dotted.removeprefix("services.").split(".")[0]
        for function in module.functions():
            for decorator in function.decorator_list:
                match decorator:
                    case ast.Call(func=ast.Name(id="serves"), args=[constant]):
                        yield owner, ast.unparse(constant).split(".")[-1]
                    case ast.Call(keywords=[ast.keyword(arg="name", value=ast.Attribute(value=constant, attr="name"))]):
                        yield owner, ast.unparse(constant).split(".")[-1]
                    case _:
                        pass


CALLS = _calls()


def test_there_are_calls() -> None:
    assert CALLS


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_is_served_once_and_by_its_owner(name: str) -> None:
    assert [service for service, constant in _served() if constant == name] == [CALLS[name].queue.value]


def test_nothing_is_served_that_the_contracts_do_not_name() -> None:
    assert sorted({constant for _, constant in _served()} - set(CALLS)) == []


def test_no_two_calls_share_a_name() -> None:
    assert [name for name, count in Counter(call.name for call in CALLS.values()).items() if count > 1] == []


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_is_named_after_those_who_serve_it(name: str) -> None:
    call = CALLS[name]
    first = "almanac" if call.queue is Queue.WORKFLOWS else call.queue.value
    assert call.name.startswith(f"{first}.")


@pytest.mark.parametrize("queue", [queue for queue in Queue if queue is not Queue.WORKFLOWS])
def test_a_queue_has_a_worker(queue: Queue) -> None:
    main = importlib.import_module(f"services.{queue.value}.__main__")
    assert queue.value in SERVICES
    assert main.SERVICE.name == queue.value


def test_the_queue_of_the_workflows_has_a_worker() -> None:
    assert "Queue.WORKFLOWS" in (ROOT / "workflows" / "__main__.py").read_text("utf-8")
