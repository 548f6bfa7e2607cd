"""Sixty conversations of three fields: what a follow-up is to what was asked before."""

import json
from pathlib import Path

import pytest

from ragbot.guide import parse
from ragbot.understand.followup import FollowUp, Turn, self_contained

LINES = (Path(__file__).parent / "conversations.jsonl").read_text(encoding="utf-8").splitlines()
CONVERSATIONS = [json.loads(line) for line in LINES]


def subject(name, *aliases, symbols=()):
    return (
        f'[[subject]]\nid = "{name.lower()}"\nname = "{name}"\n'
        f"aliases = {json.dumps(aliases)}\nsymbols = {json.dumps(symbols)}\n"
    )


def product(name, owner, *aliases):
    return (
        f'[[product]]\nid = "{name.lower().replace(" ", "-")}"\nname = "{name}"\n'
        f'subject = "{owner}"\naliases = {json.dumps(aliases)}\n'
    )


def aspect(name, *words):
    return (
        f'[[aspect]]\nid = "{name}"\nname = "{name.capitalize()}"\n'
        f'description = "{name}"\nwords = {json.dumps(words)}\n'
    )


ASPECTS = "".join(
    (
        aspect("speed", "fast*", "slow*", "speed"),
        aspect("price", "price*", "free", "cheap*"),
        aspect("debugging", "debug*"),
        aspect("deployment", "mobile", "production", "deploy*"),
    )
)
GUIDES = {
    "frameworks": parse(
        '[all]\nwords = ["framework"]\n'
        + subject("Keras", symbols=("keras.", "tf.keras."))
        + subject("TensorFlow", "tf", symbols=("tf.",))
        + subject("PyTorch", "torch", symbols=("torch.", "nn."))
        + product("TorchServe", "pytorch")
        + product("TensorFlow Serving", "tensorflow", "tf serving")
        + ASPECTS
    ),
    "databases": parse(
        '[all]\nwords = ["database"]\n'
        + subject("Heron", symbols=("hr.",))
        + subject("Ibex")
        + subject("Marmot")
        + ASPECTS
    ),
    "web": parse(
        '[all]\nwords = ["web framework"]\n'
        + subject("Plover", symbols=("plover.",))
        + subject("Dunlin")
        + subject("Godwit")
        + product("PloverAdmin", "plover")
        + ASPECTS
    ),
}
NAMES = {"torch.gather", "gather"}
RARE = {"gull", "hamlet", "france", "klingon"}


def weights(text):
    words = (word.strip("?!.,:").lower() for word in text.split())
    return {word: 1.0 if word in RARE else 0.2 for word in words if word}


@pytest.mark.parametrize(
    "case", CONVERSATIONS, ids=lambda case: f"{case['before'][-1]} | {case['text']}"
)
def test_a_follow_up_is_read(case):
    turns = [
        Turn(role, content)
        for asked in case["before"]
        for role, content in (("user", asked), ("assistant", "It depends."))
    ]
    guide = GUIDES[case["field"]]
    whole = self_contained(case["text"], turns, guide, weights, NAMES.__contains__)
    assert whole.text == case.get("whole", whole.text)
    assert [part for part in case.get("has", ()) if part not in whole.text] == []
    assert [part for part in case.get("lacks", ()) if part in whole.text] == []
    assert whole.decision is FollowUp(case["decision"])


def test_there_are_sixty_of_every_kind():
    assert len(CONVERSATIONS) == 60
    assert {case["decision"] for case in CONVERSATIONS} == set(FollowUp)
