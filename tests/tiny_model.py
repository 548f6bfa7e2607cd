"""A sentence-transformers model of two small layers with random weights, made in a second."""

from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertModel, BertTokenizerFast

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def write_model(folder: Path, words: list[str], seed: int = 0) -> Path:
    """Write a model that knows these words and nothing else into a folder."""
    bare = folder / "bare"
    bare.mkdir(parents=True)
    vocabulary = [*SPECIAL, *words]
    (bare / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    wordpiece = BertWordPieceTokenizer(str(bare / "vocab.txt"), lowercase=True)
    BertTokenizerFast(tokenizer_object=wordpiece._tokenizer).save_pretrained(bare)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.1,
    )
    BertModel(config).save_pretrained(bare)
    model = SentenceTransformer(
        modules=[Transformer(str(bare), max_seq_length=48), Pooling(32)], device="cpu"
    )
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"
