from ragbot.readers.front_matter import split_front_matter, title_of


def test_fields_and_rest() -> None:
    fields, rest = split_front_matter(
        "---\ntitle: A queue\ndate: 2017-99-99\ntags:\n  - a\n---\nBody\n"
    )
    assert fields == {"title": "A queue", "date": "2017-99-99", "tags": ["a"]}
    assert rest == "Body\n"
    assert title_of(fields) == "A queue"


def test_broken_yaml_is_read_line_by_line() -> None:
    fields, rest = split_front_matter("---\ntitle: Queues: a guide\nby: [x\n---\nBody")
    assert title_of(fields) == "Queues: a guide"
    assert rest == "Body"


def test_text_between_rules_is_content() -> None:
    text = "---\nA plain paragraph.\n---\nBody"
    assert split_front_matter(text) == ({}, text)


def test_an_unclosed_block_is_content() -> None:
    text = "---\ntitle: x\nBody"
    assert split_front_matter(text) == ({}, text)


def test_a_title_that_is_no_string_is_none() -> None:
    assert title_of({"title": ["a"]}) == ""


def test_toml_and_json_are_front_matter_too() -> None:
    toml = '+++\ntitle = "A mill"\ndate = 2024-03-01\ntags = ["a"]\n+++\nBody'
    assert split_front_matter(toml) == (
        {"title": "A mill", "date": "2024-03-01", "tags": ["a"]},
        "Body",
    )
    assert split_front_matter('{\n  "title": "A mill"\n}\nBody') == ({"title": "A mill"}, "Body")
    for content in ("+++\nno toml\n+++\nBody", "{\n  mill: no json\n}\nBody", "{\nopen"):
        assert split_front_matter(content) == ({}, content)
