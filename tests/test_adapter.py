"""A LoRA adapter is merged as its formula says, or refused in words."""

import json

import pytest
import torch
from safetensors.torch import save_file

from ragbot.encoder import identify
from ragbot.encoder.adapter import Adapter
from ragbot.errors import EncoderError
from ragbot.settings import Settings


class Small(torch.nn.Module):
    """One weight of ones, shape (2, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(3, 2, bias=False)
        torch.nn.init.ones_(self.inner.weight)


@pytest.fixture
def folder(tmp_path):
    save_file(
        {
            "base_model.model.inner.lora_A.weight": torch.tensor([[1.0, 2.0, 3.0]]),
            "base_model.model.inner.lora_B.weight": torch.tensor([[1.0], [10.0]]),
        },
        tmp_path / "adapter_model.safetensors",
    )
    config = {"peft_type": "LORA", "r": 1, "lora_alpha": 0.5, "bias": "none"}
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    return tmp_path


def test_the_update_is_added_scaled(folder):
    model = Small()
    Adapter.load(folder).merge(model)
    # W + (0.5 / 1) * B @ A with W of ones
    expected = torch.tensor([[1.5, 2.0, 2.5], [6.0, 11.0, 16.0]])
    assert torch.equal(model.inner.weight, expected)


def test_an_adapter_of_another_model_is_refused(folder):
    with pytest.raises(EncoderError, match="no weight inner"):
        Adapter.load(folder).merge(torch.nn.Sequential())


def test_an_adapter_of_another_width_is_refused(folder):
    model = Small()
    model.inner = torch.nn.Linear(4, 2, bias=False)
    with pytest.raises(EncoderError, match="does not fit"):
        Adapter.load(folder).merge(model)


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json"])
def test_a_damaged_file_is_refused(folder, name):
    (folder / name).write_bytes(b"\x80\x04garbage")
    with pytest.raises(EncoderError, match="cannot be read"):
        Adapter.load(folder)


def test_another_kind_of_adapter_is_refused(folder):
    (folder / "adapter_config.json").write_text('{"peft_type": "IA3"}')
    with pytest.raises(EncoderError, match="no plain LoRA"):
        Adapter.load(folder)


def test_the_adapter_is_part_of_what_the_encoder_is(folder):
    packaged = identify(Settings())
    none = identify(Settings(adapter="none"))
    own = identify(Settings(adapter=str(folder)))
    assert packaged.adapter is not None
    assert none.adapter is None
    assert len({packaged.weights, none.weights, own.weights}) == 3
    assert len({packaged.name, none.name, own.name}) == 3


def test_a_model_of_ones_own_has_no_packaged_adapter(tmp_path):
    save_file({"weight": torch.ones(1)}, tmp_path / "model.safetensors")
    assert identify(Settings(model=tmp_path)).adapter is None
