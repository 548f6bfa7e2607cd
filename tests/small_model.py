"""A sentence-transformers model of a few thousand weights, made up anew by its seed."""

from collections.abc import Sequence
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

WORDS = (
    *("heron", "ibex", "marmot", "reads", "writes", "rows", "fast", "slow", "backup"),
    *("is", "a", ".", "?", "the", "of"),
)
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
WINDOW = 24


def small_model(
    folder: Path, pooling: str = "mean", more: Sequence[torch.nn.Module] = (), seed: int = 0
) -> SentenceTransformer:
    """A model of one block and 32 dimensions with a window of 24 tokens, saved in the folder."""
    torch.manual_seed(seed)
    vocabulary = {word: place for place, word in enumerate((*SPECIAL, *WORDS))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=WINDOW,
    )
    BertModel(config).save_pretrained(folder)
    transformer = Transformer(str(folder), max_seq_length=WINDOW)
    parts = [transformer, Pooling(32, pooling), *(more or [Normalize()])]
    model = SentenceTransformer(modules=parts, device="cpu")
    model.save(str(folder), create_model_card=False)
    return model
