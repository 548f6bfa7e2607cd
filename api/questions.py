"""What the service says of a question: how it was understood."""

from typing import Self

from pydantic import Field

from api.schemas import Schema
from ragbot.types import Form, Object, ObjectKind, Question, QuestionKind


class HeadingOut(Schema):
    """A row (aspect) or column (subject) of the table."""

    id: str = Field(description="what cells refer to", examples=["speed"])
    name: str = Field(description="its name for a reader", examples=["Speed"])


class ObjectOut(Schema):
    """Something that is asked about, beside the subjects."""

    text: str = Field(description="as the question writes it", examples=["alpha.open"])
    start: int = Field(description="where, in the self-contained question", examples=[10])
    end: int = Field(description="its end there, exclusive", examples=[20])
    kind: ObjectKind = Field(description="what it is", examples=["symbol"])
    name: str = Field(
        description="what it is called where it was found; '' where nothing holds it",
        examples=["alphalib.io.open"],
    )
    document: str = Field(
        description="id of the page that documents it, for GET /v1/documents/{id}, or ''",
        examples=["d1"],
    )
    subject: str = Field(description="id of the subject it belongs to, or ''", examples=["alpha"])

    @classmethod
    def from_object(cls, named: Object) -> Self:
        """An object, without what was read into it: the question tells that."""
        return cls(
            text=named.text,
            start=named.start,
            end=named.end,
            kind=named.kind,
            name=named.name,
            document=named.document,
            subject=named.subject,
        )


class QuestionOut(Schema):
    """The question as it was understood."""

    text: str = Field(description="as it was asked", examples=["And for small projects?"])
    standalone: str = Field(
        description="made self-contained with the history",
        examples=["Is Alpha or Beta better for small projects?"],
    )
    kind: QuestionKind = Field(
        description="table, names side by side, or list", examples=["comparison"]
    )
    columns: list[HeadingOut] = Field(description="the subjects that are asked about")
    rows: list[HeadingOut] = Field(description="the aspects compared")
    unknown: list[str] = Field(
        description="names asked about that the documents do not know", examples=[["Gamma"]]
    )

    form: Form = Field(
        description="in what form an answer is asked for, the likeliest", examples=["choice"]
    )
    sureness: float = Field(description="how likely that form is, 0 to 1", examples=[0.87])
    objects: list[ObjectOut] = Field(description="names and products that are asked about")
    readings: list[str] = Field(
        description="what was read into the words, for a reader",
        examples=[["Alhpa read as Alpha"]],
    )
    facets: list[str] = Field(
        description="the parts that are asked for, where there are several",
        examples=[["Alpha: what is a replica", "how do I add one in Alpha"]],
    )
    wants_code: bool = Field(description="whether code may answer", examples=[False])
    wants_reasons: bool = Field(
        description="whether the evidence behind the answer before is asked for", examples=[False]
    )

    @classmethod
    def from_question(cls, question: Question) -> Self:
        """The question with its columns and rows."""
        return cls(
            text=question.text,
            standalone=question.standalone,
            kind=question.kind,
            columns=[HeadingOut(id=c.id, name=c.name) for c in question.columns],
            rows=[HeadingOut(id=r.id, name=r.name) for r in question.rows],
            unknown=list(question.unknown),
            form=question.form,
            sureness=round(question.sureness, 4),
            objects=[ObjectOut.from_object(named) for named in question.objects],
            readings=list(question.readings),
            facets=list(question.facets),
            wants_code=question.wants_code,
            wants_reasons=question.wants_reasons,
        )
