"""Messages: an older reader lives with a newer writer, and what is not said takes no room."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest
from pydantic_core import from_json, to_json

from services.kernel.contracts import almanac, figures, intake, lifecycle, messages, notify, review, tasks
from services.kernel.contracts.messages import Deadline, Message

MODULES = (almanac, figures, intake, lifecycle, messages, notify, review, tasks)


def _models(module: ModuleType) -> list[type[Message]]:
    return [kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, Message)]


def test_what_is_not_said_is_not_written() -> None:
    assert from_json(to_json(Deadline(rule_id="legality.term"))) == {"rule_id": "legality.term", "provisional": False}


def test_a_field_of_a_newer_writer_is_ignored() -> None:
    assert Deadline.model_validate({"rule_id": "legality.term", "invented": 1}).rule_id == "legality.term"


@pytest.mark.parametrize("model", [model for module in MODULES for model in _models(module)], ids=lambda m: m.__name__)
def test_whatever_may_be_null_may_be_absent(model: type[Message]) -> None:
    needed = {name for name, field in model.model_fields.items() if field.is_required()}
    nullable = {
        name for name, field in model.model_fields.items() if type(None) in getattr(field.annotation, "__args__", ())
    }

    assert needed & nullable == set()
