"""The card of the learnt forms: what they were learnt from, and how well they are told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.types import Form


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was told of each question by weights that were not learnt from it.

    `read` are the forms as read, `told` as told; for one of `bugs` how to is as right as why.
    """

    read: tuple[Form, ...]
    told: tuple[Form, ...]
    bugs: tuple[bool, ...]
    code_right: tuple[bool, ...]
    checks: tuple[bool, ...]

    def right(self, *, checks: bool) -> tuple[int, int, int]:
        """Forms told right, code told right, and questions; of those set aside or of the others."""
        rows = self._rows(checks=checks)
        forms = sum(
            self.read[at] is self.told[at] or (self.bugs[at] and self.told[at] is Form.HOW_TO)
            for at in rows
        )
        return forms, sum(self.code_right[at] for at in rows), len(rows)

    def confusions(self) -> list[tuple[Form, Counter[Form]]]:
        """For each form as read, how often each was told; those set aside are not counted."""
        rows = self._rows(checks=False)
        found = sorted({self.read[at] for at in rows})
        return [
            (form, Counter(self.told[at] for at in rows if self.read[at] is form)) for form in found
        ]

    def _rows(self, *, checks: bool) -> Sequence[int]:
        return [at for at, is_check in enumerate(self.checks) if is_check is checks]


def card(data: str, encoder: str, vector: Outcome, words: Outcome, date: str) -> str:
    """The card as Markdown."""
    forms = [form for form, _ in vector.confusions()]
    lines = [
        "# The form of a question",
        "",
        f"Two logistic regressions over a question's vector ({encoder}), runs of up to three of "
        "its words without what it names, and a few counts: in what form an answer is asked for "
        f"(one of {len(forms)}), and whether code is wanted. Beside them the same over the words "
        "alone, for other encoders. Learnt with `python -P -m ragbot.adapt.forms` on "
        f"{date}.",
        "",
        f"- **Data**: {data}; questions about somebody's own bug count as why, and how to is right "
        "for them as well.",
        "- **Licence**: Apache-2.0; of the questions no more is kept than runs of words that three "
        "of them hold.",
        "",
        "| told right | five-fold | set aside |",
        "|---|---|---|",
        *(
            f"| {name} | {_share(one.right(checks=False), place)} | "
            f"{_share(one.right(checks=True), place)} |"
            for name, one, place in (
                ("form", vector, 0),
                ("form, by words alone", words, 0),
                ("code", vector, 1),
                ("code, by words alone", words, 1),
            )
        ),
        "",
        "Five-fold, read down and told across:",
        "",
        f"| | {' | '.join(forms)} |",
        f"|---|{'---|' * len(forms)}",
        *(
            f"| {form} | {' | '.join(str(told[other]) for other in forms)} |"
            for form, told in vector.confusions()
        ),
        "",
    ]
    return "\n".join(lines)


def _share(right: tuple[int, int, int], place: int) -> str:
    return f"{right[place] / right[2]:.3f} of {right[2]:,}" if right[2] else "none"
