"""A model of entailment out of a folder: loaded without the network, judged by its label."""

from pathlib import Path

import pytest
import torch
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

from ragbot.encoder.entailment import CrossEntailment
from ragbot.errors import ConfigError

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "heron", "is", "fast", "slow")
LABELS = ("contradiction", "entailment", "neutral")


def write_model(folder: Path, labels: tuple[str, ...], likeliest: str) -> Path:
    """A CrossEncoder whose bias makes one label the likeliest whatever it is asked."""
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    wordpiece = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
    BertTokenizerFast(tokenizer_object=wordpiece._tokenizer).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
        id2label=dict(enumerate(labels)),
        label2id={label: at for at, label in enumerate(labels)},
    )
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.bias.zero_()
        model.classifier.bias[labels.index(likeliest)] = 100.0
    model.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("likeliest", LABELS)
def test_only_the_label_of_entailment_counts_as_one(tmp_path: Path, likeliest: str) -> None:
    model = CrossEntailment(write_model(tmp_path / "nli", LABELS, likeliest))
    assert model.entails("heron is fast", "heron is slow") is (likeliest == "entailment")


def test_labels_in_another_order_and_case_are_found(tmp_path: Path) -> None:
    labels = ("ENTAILMENT", "NEUTRAL", "CONTRADICTION")
    assert CrossEntailment(write_model(tmp_path / "a", labels, "ENTAILMENT")).entails("a", "b")
    assert not CrossEntailment(write_model(tmp_path / "b", labels, "NEUTRAL")).entails("a", "b")


def test_a_model_that_judges_something_else_is_refused(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "other", ("bad", "good", "fair"), "bad")
    with pytest.raises(ConfigError, match="no label for entailment, but bad, good, fair"):
        CrossEntailment(folder)


def test_pickled_weights_are_not_read(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "pickled", LABELS, "entailment")
    weights = BertForSequenceClassification.from_pretrained(folder).state_dict()
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    with pytest.raises(ConfigError, match="safetensors"):
        CrossEntailment(folder)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere is no folder"):
        CrossEntailment(tmp_path / "nowhere")
