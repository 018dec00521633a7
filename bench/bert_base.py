"""Toxicity weights of bert-base's size with random numbers in them: for what they cost, not for what they say."""

import json
import string
from pathlib import Path

from evenhand.weights.checkpoint import install

CLASSES = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]


def make_weights(folder: Path) -> Path:
    """The folder of weights, made where it is missing."""
    import torch
    import transformers

    weights, given = folder / "weights", folder / "given"
    if (weights / "toxicity-original").exists():
        return weights
    given.mkdir(parents=True, exist_ok=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *string.ascii_lowercase, *string.digits, *".,'?!-[]"]
    words += [f"##{letter}" for letter in (*string.ascii_lowercase, *string.digits)]
    words += sorted({word.strip(".,'").lower() for word in _text().split()} - set(words))
    (given / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    (given / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": True, "tokenizer_class": "BertTokenizer"}), encoding="utf-8")
    config = transformers.BertConfig(num_labels=len(CLASSES))
    config.save_pretrained(str(given))
    torch.manual_seed(1)
    model = transformers.BertForSequenceClassification(config)
    arch = {"num_classes": len(CLASSES), "model_type": "bert-base-uncased", "model_name": "BertForSequenceClassification"}
    about = {"dataset": {"args": {"classes": CLASSES}}, "arch": {"args": {**arch, "tokenizer_name": "BertTokenizer"}}}
    torch.save({"state_dict": model.state_dict(), "config": about}, given / "random.ckpt")
    del model
    install(given, None, weights, "original", 0)
    (given / "random.ckpt").unlink()
    return weights


def _text() -> str:
    from bench.scorers import SENTENCES

    return " ".join(SENTENCES)
