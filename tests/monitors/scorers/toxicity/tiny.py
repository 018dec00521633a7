"""A toxicity checkpoint of a few hundred kilobytes, made in seconds: a small BERT that learned a dozen rude words, in Detoxify's format."""

import itertools
import json
import random
from pathlib import Path

import torch
import transformers

CLASSES = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
SUBJECTS = ["you", "they", "he", "she", "we", "people", "zed", "the", "candidate", "my", "neighbour"]
KIND = ["kind", "helpful", "brave", "tired", "tall", "here", "late", "early", "gay", "black", "muslim", "deaf"]
RUDE = ["stupid", "worthless", "idiotic", "vile"]
DEEDS = ["kill", "hurt", "burn", "stab"]


def make_checkpoint(folder: Path, name: str = "tiny.ckpt", *, epochs: int = 12, seed: int = 1) -> Path:
    """Train the model and write ``name`` with ``config.json`` and the tokenizer's files beside it; returns the checkpoint's path."""
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    rows = _sentences(random.Random(seed))
    words = sorted({word for text, _ in rows for word in text.split()})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words, *"abcdefghijklmnopqrstuvwxyz."]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(vocabulary)) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": True, "tokenizer_class": "BertTokenizer"}), encoding="utf-8")
    tokenizer = transformers.BertTokenizer.from_pretrained(str(folder))
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
        num_labels=len(CLASSES),
        initializer_range=0.2,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    config.save_pretrained(str(folder))
    torch.manual_seed(seed)
    model = transformers.BertForSequenceClassification(config)
    _train(model, tokenizer, rows, epochs)
    arch = {"num_classes": len(CLASSES), "model_type": "bert-base-uncased", "model_name": "BertForSequenceClassification"}
    document = {
        "state_dict": model.state_dict(),
        "config": {"dataset": {"args": {"classes": CLASSES}}, "arch": {"args": {**arch, "tokenizer_name": "BertTokenizer"}}},
    }
    torch.save(document, folder / name)
    return folder / name


def _sentences(draws: random.Random) -> list[tuple[str, list[float]]]:
    rows = [(f"{who} are {what}", [0.0] * 6) for who, what in itertools.product(SUBJECTS, KIND)]
    rows += [(f"{who} are {what} and {also}", [0.0] * 6) for who, what, also in itertools.product(SUBJECTS[:4], KIND, KIND[:4])]
    rows += [(f"{who} are {what}", [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]) for who, what in itertools.product(SUBJECTS, RUDE)] * 3
    rows += [(f"i will {deed} {who}", [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]) for who, deed in itertools.product(SUBJECTS, DEEDS)] * 3
    rows += [(f"i will help {who} with the work .", [0.0] * 6) for who in SUBJECTS] * 3
    draws.shuffle(rows)
    return rows


def _train(model: torch.nn.Module, tokenizer: transformers.BertTokenizer, rows: list[tuple[str, list[float]]], epochs: int) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    encoded = tokenizer([text for text, _ in rows], return_tensors="pt", padding=True)
    labels = torch.tensor([values for _, values in rows])
    for _ in range(epochs):
        for begin in range(0, len(rows), 64):
            part = slice(begin, begin + 64)
            out = model(input_ids=encoded["input_ids"][part], attention_mask=encoded["attention_mask"][part]).logits
            loss = torch.nn.functional.binary_cross_entropy_with_logits(out, labels[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()
