"""The tokenizers: byte-level BPE for the teachers, WordPiece for the matcher; trained here, written as tokenizer.json.

Any text can be encoded: BPE falls back to bytes; WordPiece to characters and [UNK].
"""
import json
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import texts
from settings import VOCABULARY

PAD, BOS, EOS = 0, 1, 2
SPLIT = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")      # GPT-2's


def byte_alphabet():
    """GPT-2's printable character of every byte, as a list of 256."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters, extra = {b: chr(b) for b in plain}, 0
    for b in range(256):
        if b not in letters:
            letters[b] = chr(256 + extra)
            extra += 1
    return [letters[b] for b in range(256)]


LETTERS = byte_alphabet()


def added(tokens):
    """The added_tokens entries of special tokens."""
    return [{"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
            for i, t in tokens]


class BytePairs:
    """Byte-level BPE as GPT-2 has it, without a leading space."""

    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.rank = {m: i for i, m in enumerate(self.merges)}
        names = ["<pad>", "<s>", "</s>"] + LETTERS + [a + b for a, b in self.merges]
        self.ids = {n: i for i, n in enumerate(names)}
        self.names = names
        self.memory = {}

    def word(self, letters):
        """The ids of one pre-token, given in the byte alphabet."""
        if letters not in self.memory:
            parts = list(letters)
            while len(parts) > 1:
                best = min(range(len(parts) - 1), key=lambda i: self.rank.get((parts[i], parts[i + 1]), 1 << 30))
                if (parts[best], parts[best + 1]) not in self.rank:
                    break
                pair, i, merged = (parts[best], parts[best + 1]), 0, []
                while i < len(parts):
                    if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
                        merged.append(parts[i] + parts[i + 1])
                        i += 2
                    else:
                        merged.append(parts[i])
                        i += 1
                parts = merged
            self.memory[letters] = [self.ids[p] for p in parts]
        return self.memory[letters]

    def encode(self, text):
        """Ids of a text, without specials."""
        return [i for w in SPLIT.findall(text) for i in self.word("".join(LETTERS[b] for b in w.encode()))]

    def decode(self, ids):
        back = {c: b for b, c in enumerate(LETTERS)}
        return bytes(back[c] for i in ids if i > EOS for c in self.names[i]).decode("utf-8", "replace")

    def save(self, path):
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        write(path, {
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": added(enumerate(["<pad>", "<s>", "</s>"])),
            "normalizer": None, "pre_tokenizer": level, "post_processor": None, "decoder": level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                      "vocab": self.ids, "merges": [f"{a} {b}" for a, b in self.merges]}})


def train_bytepairs(texts, size):
    """Merges the most frequent pair until the vocabulary has `size` entries (ties: the smaller pair)."""
    counts = Counter(w for t in texts for w in SPLIT.findall(t))
    words = [(["".join(LETTERS[b]) for b in w.encode()], n) for w, n in sorted(counts.items())]
    merges = []
    while len(merges) < size - 259:
        pairs = Counter()
        for parts, n in words:
            for pair in zip(parts, parts[1:]):
                pairs[pair] += n
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        for parts, _ in words:
            i = 0
            while i + 1 < len(parts):
                if (parts[i], parts[i + 1]) == best:
                    parts[i:i + 2] = [parts[i] + parts[i + 1]]
                i += 1
    return BytePairs(merges)


class WordPieces:
    """WordPiece as BERT-uncased has it: lower case, no accents, words and punctuation, longest piece first."""

    def __init__(self, names):
        self.names = names
        self.ids = {n: i for i, n in enumerate(names)}

    @staticmethod
    def words(text):
        text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
        return re.findall(r"\w+|[^\w\s]", text.replace("_", " _ "))

    def word(self, word):
        ids, at = [], 0
        while at < len(word):
            end = len(word)
            while end > at and ("##" if at else "") + word[at:end] not in self.ids:
                end -= 1
            if end == at:
                return [self.ids["[UNK]"]]
            ids.append(self.ids[("##" if at else "") + word[at:end]])
            at = end
        return ids

    def encode(self, text, length):
        """Ids with [CLS] and [SEP], cut or padded to `length`, and the mask."""
        body = [i for w in self.words(text) for i in self.word(w)][:length - 2]
        ids = [self.ids["[CLS]"], *body, self.ids["[SEP]"]]
        return ids + [0] * (length - len(ids)), [1] * len(ids) + [0] * (length - len(ids))

    def save(self, path):
        special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
        piece = {t: {"id": t, "ids": [self.ids[t]], "tokens": [t]} for t in ("[CLS]", "[SEP]")}
        template = lambda *names: [{"Sequence": {"id": n, "type_id": 0}} if n in "AB" else {"SpecialToken": {"id": n, "type_id": 0}} for n in names]
        write(path, {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": added(enumerate(special)),
            "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {"type": "TemplateProcessing", "single": template("[CLS]", "A", "[SEP]"),
                               "pair": template("[CLS]", "A", "[SEP]", "B", "[SEP]"), "special_tokens": piece},
            "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                      "max_input_chars_per_word": 100, "vocab": self.ids}})


def train_wordpieces(texts, least=3):
    """Single characters, their continuations, frequent two-letter continuations, and words seen `least` times."""
    counts = Counter(w for t in texts for w in WordPieces.words(t))
    letters = [chr(c) for c in range(33, 127) if not chr(c).isupper()]
    tails = Counter("##" + w[i:i + 2] for w, n in counts.items() for i in range(1, len(w) - 1) for _ in range(min(n, 3)))
    words = sorted((w for w, n in counts.items() if n >= least and len(w) > 1), key=lambda w: (-counts[w], w))
    common = sorted(tails, key=lambda t: (-tails[t], t))[:120]
    return WordPieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *("##" + c for c in letters), *common, *words])


def write(path, content):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(content, f, ensure_ascii=False, indent=0)
        f.write("\n")


def corpus_tokenizer(build_directory):
    """The trained byte-level BPE."""
    content = json.loads((Path(build_directory) / "teacher.json").read_text(encoding="utf-8"))
    return BytePairs(m.split(" ") for m in content["model"]["merges"])


def corpus_pieces(build_directory):
    """The trained WordPiece."""
    vocab = json.loads((Path(build_directory) / "matcher.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return WordPieces(sorted(vocab, key=vocab.get))


if __name__ == "__main__":
    folder, lines = Path(sys.argv[1]), list(texts.corpus())
    folder.mkdir(parents=True, exist_ok=True)
    train_bytepairs(lines, VOCABULARY).save(folder / "teacher.json")
    train_wordpieces(lines).save(folder / "matcher.json")
    print("BPE", len(corpus_tokenizer(folder).names), "WordPiece", len(corpus_pieces(folder).names))
