"""The types: frozen, hashable where they are keys, closed sets of names."""

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from enum import StrEnum

import pytest

from ragbot import types
from ragbot.types import Block, BlockKind, Column, Row

DATACLASSES = [
    value for value in vars(types).values() if isinstance(value, type) and is_dataclass(value)
]
ENUMS = [
    value
    for value in vars(types).values()
    if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
]


def test_the_types_that_flow_from_source_to_answer_are_there():
    names = {cls.__name__ for cls in DATACLASSES}
    flow = "Source RawDocument Document Passage Statement Hit Evidence Claim Cell Answer"
    assert set(flow.split()) <= names


@pytest.mark.parametrize("cls", DATACLASSES, ids=lambda cls: cls.__name__)
def test_no_field_of_a_type_can_be_set(cls):
    made = object.__new__(cls)
    for field in fields(cls):
        with pytest.raises(FrozenInstanceError):
            setattr(made, field.name, None)


@pytest.mark.parametrize("cls", DATACLASSES, ids=lambda cls: cls.__name__)
def test_no_field_can_be_added(cls):
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        object.__new__(cls).extra = 1


@pytest.mark.parametrize("cls", DATACLASSES, ids=lambda cls: cls.__name__)
def test_no_field_holds_something_that_can_be_changed(cls):
    kinds = [str(field.type) for field in fields(cls)]
    assert not [kind for kind in kinds if kind.startswith(("list", "dict", "set"))]


def test_replace_changes_a_copy():
    block = Block(BlockKind.PROSE, 0, 5)
    assert replace(block, end=7) == Block(BlockKind.PROSE, 0, 7)
    assert block.end == 5


def test_rows_and_columns_can_be_keys():
    assert len({Row("a", "A"), Row("a", "A"), Column("a", "A")}) == 2


@pytest.mark.parametrize("cls", ENUMS, ids=lambda cls: cls.__name__)
def test_an_enum_is_its_text_in_lower_case(cls):
    for member in cls:
        assert member == member.value == str(member) == member.name.lower()
        assert cls(member.value) is member
