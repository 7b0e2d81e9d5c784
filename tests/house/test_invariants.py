"""Each invariant names the tests that prove it: they exist, their cases too, and each says the code it is named for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

import pytest

from services.kernel.contracts.refusals import Refused
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.tables import LIVES_WALK, SEQUENCES

INVARIANTS = RuleBook.load().invariants.values()
NAMED = [(code, test) for one in INVARIANTS for code, test in one.codes.items()]
FURTHER = [("", test) for one in INVARIANTS for test in one.proved_by]


class Proof(NamedTuple):
    """A test function, and the id of its case where the name has one."""

    function: Callable[..., Any]
    case: str

    @property
    def cases(self) -> set[str]:
        """The ids that are written out beside the function; those that pytest makes up are not among them."""
        return {str(name) for mark in _parametrised(self.function) for name in _names(mark)}

    @property
    def words(self) -> str:
        """The source of the function and what its cases are called."""
        return inspect.getsource(self.function) + self.case


def proof(name: str) -> Proof:
    path, *inner = name.partition("[")[0].split("::")
    found: Any = import_module(path.removesuffix(".py").replace("/", "."))
    for part in inner:
        found = getattr(found, part)
    return Proof(found, name.partition("[")[2].removesuffix("]"))


@pytest.mark.parametrize(("code", "name"), NAMED + FURTHER)
def test_the_test_that_proves_it_exists_with_its_case(code: str, name: str) -> None:
    found = proof(name)
    assert found.function.__name__.startswith("test_")
    assert found.case in found.cases if found.case else not found.cases


@pytest.mark.parametrize("name", [LIVES_WALK, *SEQUENCES.values()])
def test_what_notices_each_sequence_exists(name: str) -> None:
    assert callable(proof(name).function)


@pytest.mark.parametrize(("code", "name"), NAMED)
def test_the_test_of_a_refusal_asserts_that_refusal(code: str, name: str) -> None:
    words = proof(name).words.replace("\\", "")
    classes = {one.__name__ for one in _below(Refused) if one.code == code}
    assert code in words or any(cls in words for cls in classes), f"{name} says neither {code} nor {sorted(classes)}"


def _parametrised(function: Any) -> Iterator[pytest.Mark]:
    return (mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize")


def _names(mark: pytest.Mark) -> Iterator[str]:
    yield from mark.kwargs.get("ids") or ()
    yield from (case.id for case in mark.args[1] if getattr(case, "id", None))


def _below(cls: type[Refused]) -> Iterator[type[Refused]]:
    for one in cls.__subclasses__():
        yield one
        yield from _below(one)
