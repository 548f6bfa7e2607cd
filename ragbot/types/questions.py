"""What is asked: a question read once, that every later stage takes from."""

from dataclasses import dataclass
from enum import StrEnum


class QuestionKind(StrEnum):
    """How a question is answered: a table of cells, names side by side, or a list of findings."""

    COMPARISON = "comparison"
    EQUIVALENCE = "equivalence"
    SINGLE = "single"


class Form(StrEnum):
    """In what form an answer is asked for; it decides the shape of the answer."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    DIFFERENCE = "difference"
    COMPARISON = "comparison"
    EQUIVALENT = "equivalent"
    HOW_TO = "how_to"
    WHAT_IS = "what_is"
    WHY = "why"
    FACT = "fact"


class ObjectKind(StrEnum):
    """What is named: something of an API, a product, an ability or an idea."""

    SYMBOL = "symbol"
    PRODUCT = "product"
    FEATURE = "feature"
    CONCEPT = "concept"


@dataclass(frozen=True, slots=True)
class Row:
    """An aspect of the comparison; `id` is "question" for the question's own words."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """A subject of the comparison."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Object:
    """Something that a question asks about, beside its subjects.

    `text` is how the question writes it, at `[start, end)` of the self-contained question. `name`
    is what it is called where it was found, "" where nothing holds it: a programming name, whose
    `document` has that id, or a product's name (then `document` is ""). `subject` is the id of the
    subject that it belongs to, "" where that is not known. `read_as` says in words what was read
    into it, "" where it was taken as written.
    """

    text: str
    start: int
    end: int
    kind: ObjectKind
    name: str = ""
    document: str = ""
    subject: str = ""
    read_as: str = ""

    @property
    def is_resolved(self) -> bool:
        """Whether it was found."""
        return bool(self.name)


@dataclass(frozen=True, slots=True)
class CounterpartRequest:
    """A name that a question asks for the counterpart of, as it writes it, with its document.

    `subject` is the one that the name belongs to, `targets` those in which a counterpart is asked
    for, `probability` how likely the name is meant; `other` is the document of a name that the
    question sets against it, "" where it names none.
    """

    text: str
    document: str
    subject: str
    targets: tuple[str, ...]
    probability: float
    other: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood. `standalone` is `text` made self-contained with the history.

    `unknown` are the names asked about that nothing in the corpus holds. `form` is the likeliest
    of `form_probabilities`, best first, which add up to 1 (() where nothing was weighed); where
    those that compare have more than half together, the likeliest of them.
    `objects` are in order of their place. `wants_code`: a listing may answer; `wants_steps`: it
    asks how to do something; `wants_reasons`: it asks for the evidence behind the answer before.
    `readings` tell the reader what was read into the words; `facets` are the parts that are asked
    for, in words, where there are several. `strangers` are proper names that are not common in
    the corpus, `actor` the one of them that does what is asked about, "" for none. `tongue` is the
    code of the language that it is asked in, "" for English. `request` is what a counterpart is
    asked for of.
    `asks_about_orders`: it is about texts that speak to a machine, which may be quoted then.
    """

    text: str
    standalone: str
    kind: QuestionKind
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unknown: tuple[str, ...] = ()
    form: Form = Form.FACT
    form_probabilities: tuple[tuple[Form, float], ...] = ()
    objects: tuple[Object, ...] = ()
    wants_code: bool = False
    wants_steps: bool = False
    wants_reasons: bool = False
    readings: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    actor: str = ""
    tongue: str = ""
    asks_about_orders: bool = False
    request: CounterpartRequest | None = None

    @property
    def sureness(self) -> float:
        """The probability of its form; 1 where nothing was weighed."""
        return dict(self.form_probabilities).get(self.form, 1.0)
