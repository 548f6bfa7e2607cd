"""A cross-encoder that learns: the encoder's network over question and statement, and a head."""

import copy
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch

from ragbot.adapt.judge.recipe import JudgeRecipe
from ragbot.adapt.state import Tensors
from ragbot.encoder import Identity
from ragbot.encoder.graph import TOKENIZER_FILE, cores
from ragbot.encoder.sentence import load_model, transformer
from ragbot.errors import AdaptError
from ragbot.judge.cross_encoder import pair_tokenizer

TOKENS = 2560  # of a batch, padding included: what it makes still fits a processor's cache
HEAD, LIMITS = "head", "limits"


class PairNetwork(torch.nn.Module):
    """Token ids of pairs to one score each: a linear head over the pooled states."""

    def __init__(self, network: torch.nn.Module, width: int, pooling: str) -> None:
        """`pooling`: cls (state of the first token), mean (of all), or both beside each other."""
        super().__init__()
        self.network = network
        self.head = torch.nn.Linear(2 * width if pooling == "both" else width, 1)
        self._pooling = pooling

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor | None, types: torch.Tensor | None
    ) -> torch.Tensor:
        """Scores, shape (pairs,), float32; `mask` None: nothing is padding."""
        seen = torch.ones_like(ids) if mask is None else mask
        given = {} if types is None else {"token_type_ids": types}
        states = self.network(input_ids=ids, attention_mask=seen, **given)[0].float()
        if mask is None:
            mean = states.mean(dim=1)
        else:
            mean = (states * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        first = states[:, 0]
        pooled = {"mean": (mean,), "cls": (first,), "both": (first, mean)}[self._pooling]
        # No matrix product: what exports it in eight bits would round this last step too.
        found: torch.Tensor = (torch.cat(pooled, dim=1) * self.head.weight).sum(dim=1)
        return found + self.head.bias


class PairStudent:
    """The encoder named by an identity as a cross-encoder; an adapter is merged first.

    `weights` are what learns: the layers after the first few, the head, and the three limits that
    a score is compared with to tell grades (proportional odds: one score, so that more likely to
    help is more likely to answer). There is no dropout.
    """

    def __init__(
        self, identity: Identity, recipe: JudgeRecipe, seed: int, device: str, *, half: bool
    ) -> None:
        """Load the encoder; `half`: compute in bfloat16 where that is safe.

        Raises:
            EncoderError: it does not load.
            AdaptError: it has no repeated layers that could be learnt.
        """
        model = load_model(identity, "cpu", "float32")
        network = cast(Any, transformer(model))
        network.set_attn_implementation("eager")  # faster at this size, and what is exported
        torch.manual_seed(seed)
        self.network = PairNetwork(network, int(network.config.hidden_size), recipe.pooling)
        torch.nn.init.normal_(self.network.head.weight, std=0.02)
        torch.nn.init.zeros_(self.network.head.bias)
        self.network.eval().requires_grad_(requires_grad=False).to(device)
        self.typed = getattr(network.config, "type_vocab_size", 0) > 1
        self.limits = torch.tensor([-1.0, 0.0, 1.0], device=device)
        self.device, self._half = device, half
        self.workers = cores() if device == "cpu" else 1
        stored = identity.folder / TOKENIZER_FILE
        self.serialised_tokenizer: str = (
            stored.read_text(encoding="utf-8")
            if stored.exists()
            else model.tokenizer.backend_tokenizer.to_str()
        )
        self.window = min(recipe.window, int(model.max_seq_length or recipe.window))
        self.tokenizer = pair_tokenizer(self.serialised_tokenizer, self.window)
        self._padding = int(model.tokenizer.pad_token_id or 0)
        self.weights: Tensors = dict(_learning(self.network, recipe.frozen))
        if len(self.weights) <= 2:
            raise AdaptError(f"{identity.name} has too few repeated layers to learn a judge")
        self.weights[LIMITS] = self.limits
        for weight in self.weights.values():
            weight.requires_grad_()

    def forward(self, questions: Sequence[str], texts: Sequence[str]) -> torch.Tensor:
        """Scores, shape (n,), float32, with their gradients; computed in batches of one length."""
        encoded = self.tokenizer.encode_batch(list(zip(questions, texts, strict=True)))
        rows = sorted(range(len(encoded)), key=lambda row: (-len(encoded[row].ids), row))
        found, order, at = [], [], 0
        with torch.autocast(
            self.device, dtype=torch.bfloat16, enabled=self._half, cache_enabled=False
        ):  # a cache would be shared by threads
            while at < len(rows):
                length = len(encoded[rows[at]].ids)
                batch = rows[at : at + max(1, TOKENS // length)]
                found.append(self._batch([encoded[row] for row in batch], length))
                order += batch
                at += len(batch)
        places = torch.empty(len(order), dtype=torch.int64)
        places[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(found)[places.to(self.device)]

    def scores(self, questions: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """The same as an array, without gradients; threads take parts of it."""

        def part(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
            with torch.inference_mode():
                found = self.forward([questions[row] for row in rows], [texts[row] for row in rows])
            return found.cpu().numpy()

        parts = np.array_split(np.arange(len(texts)), self.workers)
        with ThreadPoolExecutor(self.workers) as threads:
            return np.concatenate(list(threads.map(part, filter(len, parts))))

    def take(self, weights: Tensors) -> None:
        """Set what learns; `weights` has the names and shapes of `self.weights`."""
        with torch.no_grad():
            for name, tensor in self.weights.items():
                tensor.copy_(weights[name])

    def whole(self) -> PairNetwork:
        """A copy of the network in float32 on the processor, for export."""
        return copy.deepcopy(self.network).to("cpu").requires_grad_(requires_grad=False).eval()

    def _batch(self, encoded: Sequence[Any], length: int) -> torch.Tensor:
        ids = np.full((len(encoded), length), self._padding, dtype=np.int64)
        mask, types = np.zeros_like(ids), np.zeros_like(ids)
        for line, one in enumerate(encoded):
            own = len(one.ids)
            ids[line, :own], mask[line, :own], types[line, :own] = one.ids, 1, one.type_ids
        parts = (torch.from_numpy(part).to(self.device) for part in (ids, mask, types))
        given, seen, kinds = parts
        found: torch.Tensor = self.network(given, seen, kinds if self.typed else None)
        return found.float()


def _learning(network: PairNetwork, frozen: int) -> Iterator[tuple[str, torch.Tensor]]:
    """The head and the repeated layers from a number on: their dotted names hold the number."""
    for name, weight in network.named_parameters():
        numbers = [int(part) for part in name.split(".") if part.isdigit()]
        if name.startswith(f"{HEAD}.") or (numbers and numbers[0] >= frozen):
            yield name, weight
