"""BERTScore and BLEURT on a tiny random BERT: properties, and the authors' package where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the extra train is not installed")
transformers = pytest.importorskip("transformers", reason="the extra train is not installed")

from evaluators.text_metrics.neural import bert_score, bleurt
from personas.errors import InputError

WORDS = "i am so tired of all this you can try to rest 我 很 累 难 过 你 可 以 休 息 。".split()
GIVEN = ["you can rest", "我很累。", "i am so so tired"]
HELD = ["you can try to rest", "我很难过。", "all this"]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("encoder"), transformers.BertModel)


def save(folder: Path, kind: object, **more: int) -> Path:
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    tokenizer = transformers.BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        **more,
    )
    kind(config).save_pretrained(folder)
    return folder


def test_the_same_text_scores_one_and_another_less(encoder: Path) -> None:
    assert bert_score(GIVEN, GIVEN, encoder) == pytest.approx(1, abs=1e-5)
    assert bert_score(GIVEN, HELD, encoder) < 0.99


def test_bert_score_is_its_authors_package(encoder: Path) -> None:
    package = pytest.importorskip("bert_score", reason="the reference package is missing")
    theirs = package.score(GIVEN, HELD, model_type=str(encoder), num_layers=2)[2].mean()
    assert bert_score(GIVEN, HELD, encoder) == pytest.approx(float(theirs), abs=1e-5)


def test_long_texts_are_cut_to_what_the_model_can_read(encoder: Path) -> None:
    assert bert_score(["tired " * 500], ["tired " * 600], encoder) == pytest.approx(1, abs=1e-5)


def test_bleurt_is_the_mean_output_of_the_checkpoint(tmp_path: Path) -> None:
    kind = transformers.BertForSequenceClassification
    folder = save(tmp_path, kind, num_labels=1)
    both, first, rest = (
        bleurt(GIVEN[cut], HELD[cut], folder) for cut in (slice(3), slice(1), slice(1, 3))
    )
    assert both == pytest.approx((first + 2 * rest) / 3, abs=1e-5)


def test_what_is_no_checkpoint_is_refused(tmp_path: Path, encoder: Path) -> None:
    with pytest.raises(InputError, match="no checkpoint"):
        bert_score(GIVEN, HELD, tmp_path / "none")
    with pytest.raises(InputError, match="2 classes"):
        bleurt(GIVEN, HELD, encoder)
