// Makes small tokenizer.json files in the forms that the known ones have, trained on this repository's own text and on texts.json:
// node make_tokenizers.mjs
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { charsRules } from "./chars_rules.mjs";
import { corpus } from "./texts.mjs";

const root = new URL("../../../../", import.meta.url);
const source = ["ARCHITECTURE.md", "README.md", "models/README.md", ...readdirSync(new URL("src/Panda.Stream/Splitting", root)).map(name => `src/Panda.Stream/Splitting/${name}`)];
const prose = source.map(path => readFileSync(new URL(path, root), "utf8")).join("\n") + ("\n" + corpus.filter(word => !/^[<\[#]|[\p{C}\p{Z}]/u.test(word)).join(" ")).repeat(3);

const count = items => {
  const counts = new Map();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
};

function trainPairs(words, merges) {
  const rows = [...count(words)].map(([word, times]) => ({ parts: [...word], times }));
  const learnt = [];
  while (learnt.length < merges) {
    const pairs = new Map();
    for (const { parts, times } of rows)
      for (let i = 0; i + 1 < parts.length; i++) {
        const key = parts[i] + "\u0001" + parts[i + 1];
        pairs.set(key, (pairs.get(key) ?? 0) + times);
      }
    const best = [...pairs].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a), ["", 1]);
    if (best[1] < 2) break;
    const [left, right] = best[0].split("\u0001");
    learnt.push([left, right]);
    for (const row of rows)
      for (let i = 0; i + 1 < row.parts.length; i++)
        if (row.parts[i] === left && row.parts[i + 1] === right) row.parts.splice(i, 2, left + right);
  }
  return learnt;
}

const letters = [...Array(256).keys()].map((b, _, all) => (b > 32 && b < 127) || (b > 160 && b !== 173) ? String.fromCharCode(b) : String.fromCharCode(256 + all.slice(0, b).filter(x => !((x > 32 && x < 127) || (x > 160 && x !== 173))).length));
const inBytes = text => [...new TextEncoder().encode(text)].map(b => letters[b]).join("");
const numbered = tokens => Object.fromEntries([...new Set(tokens)].map((token, i) => [token, i]));
const special = (id, content, more = {}) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...more });
const write = (name, tokenizer) => writeFileSync(`${name}.json`, JSON.stringify({ version: "1.0", truncation: null, padding: null, ...tokenizer }) + "\n");
const template = (before, after, ids) => ({
  type: "TemplateProcessing",
  single: [...before.map(id => ({ SpecialToken: { id, type_id: 0 } })), { Sequence: { id: "A", type_id: 0 } }, ...after.map(id => ({ SpecialToken: { id, type_id: 0 } }))],
  pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
  special_tokens: Object.fromEntries([...before, ...after].map(id => [id, { id, ids: [ids[id]], tokens: [id] }])),
});

// GPT-2, OPT, RoBERTa: byte-level BPE.
{
  const pattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
  const merges = trainPairs(prose.match(pattern).map(inBytes), 900);
  const vocab = numbered(["<s>", "<pad>", "</s>", "<unk>", ...letters, ...merges.map(pair => pair.join(""))]);
  write("byte_level", {
    added_tokens: ["<s>", "<pad>", "</s>", "<unk>"].map((token, i) => special(i, token, { normalized: true })).concat(special(Object.keys(vocab).length, "[MASK]", { lstrip: true })),
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    post_processor: { type: "RobertaProcessing", sep: ["</s>", 2], cls: ["<s>", 0], trim_offsets: true, add_prefix_space: true },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: "", end_of_word_suffix: "", fuse_unk: false, merges: merges.map(pair => pair.join(" ")), vocab },
  });
}

// LLaMA 3, Qwen 2: byte-level BPE over a pattern of its own, whole words first.
{
  const pattern = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  const words = prose.match(new RegExp(pattern.replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)", "'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])"), "gu")).map(inBytes);
  const merges = trainPairs(words, 700);
  const extra = [...count(words)].filter(([word, times]) => times > 3 && word.length > 5).map(([word]) => word);
  const vocab = numbered([...letters, ...merges.map(pair => pair.join("")), ...extra]);
  const first = Object.keys(vocab).length;
  write("byte_level_split", {
    added_tokens: [special(first, "<s>"), special(first + 1, "</s>"), special(first + 2, "<pad>", { special: false, rstrip: true })],
    normalizer: { type: "NFC" },
    pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false }, { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false }] },
    post_processor: { type: "Sequence", processors: [{ type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: true }, template(["<s>"], [], { "<s>": first })] },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, ignore_merges: true, vocab, merges },
  });
}

// LLaMA 1 and 2, Vicuna: SentencePiece BPE with bytes, as files before and after 2024 have it.
{
  const words = prose.replaceAll(" ", "▁").match(/▁*[^▁]+|▁+/gu);
  const merges = trainPairs(words, 1200);
  const bytes = [...Array(256).keys()].map(b => `<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`);
  const characters = [...count(prose.replaceAll(" ", "▁"))].sort((a, b) => b[1] - a[1]).map(([c]) => c).filter(c => c > " ");
  const vocab = numbered(["<unk>", "<s>", "</s>", ...bytes, ...merges.map(pair => pair.join("")), ...characters]);
  const usable = merges.filter(([left, right]) => left in vocab && right in vocab);
  const model = { type: "BPE", dropout: null, unk_token: "<unk>", continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: true, byte_fallback: true, vocab };
  const around = template(["<s>"], [], { "<s>": 1 });
  const decoder = { type: "Sequence", decoders: [{ type: "Replace", pattern: { String: "▁" }, content: " " }, { type: "ByteFallback" }, { type: "Fuse" }, { type: "Strip", content: " ", start: 1, stop: 0 }] };
  write("llama", {
    added_tokens: ["<unk>", "<s>", "</s>"].map((token, i) => special(i, token, { normalized: true })),
    normalizer: { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, { type: "Replace", pattern: { String: " " }, content: "▁" }] },
    pre_tokenizer: null, post_processor: around, decoder, model: { ...model, merges: usable.map(pair => pair.join(" ")) },
  });
  write("llama_metaspace", {
    added_tokens: ["<unk>", "<s>", "</s>"].map((token, i) => special(i, token)),
    normalizer: null,
    pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: false },
    post_processor: around, decoder, model: { ...model, ignore_merges: false, merges: usable },
  });
}

// Unigram: pieces by frequency; scores on a grid, so that sums are exact and ties are ties in every order of adding.
function pieces(words, size) {
  const counts = new Map();
  for (const [word, times] of count(words)) {
    const chars = [...word];
    for (let i = 0; i < chars.length; i++)
      for (let j = i + 1; j <= Math.min(chars.length, i + 9); j++) {
        const piece = chars.slice(i, j).join("");
        counts.set(piece, (counts.get(piece) ?? 0) + times * (j - i));
      }
  }
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  const scored = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const kept = scored.filter(([piece], i) => i < size || [...piece].length === 1);
  return kept.map(([piece, times]) => [piece, Math.round(Math.log(times / total) * 1024) / 1024]);
}
const metaWords = text => text.split(/[\s\p{Cc}]+/u).filter(word => word).map(word => "▁" + word);

// T5: Unigram after SentencePiece's own table of replacements.
{
  const vocab = [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ...pieces(metaWords(prose.normalize("NFKC")), 2500)];
  const extra = [...Array(10).keys()].map(i => special(vocab.length + i, `<extra_id_${9 - i}>`));
  write("t5", {
    added_tokens: ["<pad>", "</s>", "<unk>"].map((token, i) => special(i, token)).concat(extra),
    normalizer: { type: "Precompiled", precompiled_charsmap: charsMap().toString("base64") },
    pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, { type: "Metaspace", replacement: "▁", add_prefix_space: true }] },
    post_processor: template([], ["</s>"], { "</s>": 1 }),
    decoder: { type: "Metaspace", replacement: "▁", add_prefix_space: true },
    model: { type: "Unigram", unk_id: 2, vocab },
  });
}

// ALBERT, XLNet: Unigram after the ordinary normalisers.
{
  const plain = prose.replaceAll("``", '"').replaceAll("''", '"').normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const vocab = [["<pad>", 0], ["<unk>", 0], ["[CLS]", 0], ["[SEP]", 0], ["[MASK]", 0], ...pieces(metaWords(plain), 2500)];
  write("albert", {
    added_tokens: ["<pad>", "<unk>", "[CLS]", "[SEP]"].map((token, i) => special(i, token)).concat(special(4, "[MASK]", { lstrip: true })),
    normalizer: { type: "Sequence", normalizers: [{ type: "Replace", pattern: { String: "``" }, content: '"' }, { type: "Replace", pattern: { String: "''" }, content: '"' }, { type: "NFKD" }, { type: "StripAccents" }, { type: "Lowercase" }, { type: "Strip", strip_left: true, strip_right: true }, { type: "Replace", pattern: { Regex: " {2,}" }, content: " " }] },
    pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
    post_processor: template(["[CLS]"], ["[SEP]"], { "[CLS]": 2, "[SEP]": 3 }),
    decoder: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
    model: { type: "Unigram", unk_id: 1, vocab, byte_fallback: false },
  });
}

// WordPiece: frequent beginnings, and frequent pieces from inside words.
function wordPieces(words, size) {
  const counts = new Map();
  for (const [word, times] of count(words)) {
    const chars = [...word];
    for (let i = 0; i < chars.length; i++)
      for (let j = i + 1; j <= Math.min(chars.length, i + 8); j++) {
        const piece = (i > 0 ? "##" : "") + chars.slice(i, j).join("");
        counts.set(piece, (counts.get(piece) ?? 0) + times * (j - i));
      }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([piece]) => piece).filter((piece, i) => i < size || [...piece.replace(/^##/, "")].length === 1);
}
const bertSpecials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const bertEnd = { post_processor: template(["[CLS]"], ["[SEP]"], { "[CLS]": 2, "[SEP]": 3 }), decoder: { type: "WordPiece", prefix: "##", cleanup: true } };

// BERT uncased.
{
  const plain = prose.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
  const vocab = numbered([...bertSpecials, ...wordPieces(plain.match(/[^\s\p{P}$+<=>^`|~]+|[\p{P}$+<=>^`|~]/gu), 2500)]);
  write("bert", {
    added_tokens: bertSpecials.map((token, i) => special(i, token)),
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" }, ...bertEnd,
    model: { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100, vocab },
  });
}

// WordPiece over the other normalisers and pre-tokenisers.
{
  const vocab = numbered([...bertSpecials, ...wordPieces(prose.normalize("NFKC").match(/\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu), 2000)]);
  write("word_piece", {
    added_tokens: bertSpecials.map((token, i) => special(i, token)),
    normalizer: { type: "Sequence", normalizers: [{ type: "NFD" }, { type: "NFKC" }, { type: "Strip", strip_left: false, strip_right: true }] },
    pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, { type: "Split", pattern: { String: "a" }, behavior: "Isolated", invert: false }, { type: "Split", pattern: { Regex: "[xyz]+" }, behavior: "Removed", invert: false }, { type: "Punctuation", behavior: "Contiguous" }, { type: "Digits", individual_digits: true }] },
    ...bertEnd,
    decoder: { type: "WordPiece", prefix: "##", cleanup: false },
    post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
    model: { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 30, vocab },
  });
}

// The rules as a double-array trie in the form of darts-clone.
function charsMap() {
  const texts = [];
  const places = new Map();
  let length = 0;
  const trie = { children: new Map() };
  for (const [key, text] of charsRules()) {
    let node = trie;
    for (const b of new TextEncoder().encode(key)) {
      if (!node.children.has(b)) node.children.set(b, { children: new Map() });
      node = node.children.get(b);
    }
    if (!places.has(text)) {
      places.set(text, length);
      const bytes = Buffer.from(text + "\0");
      texts.push(bytes);
      length += bytes.length;
    }
    node.value = places.get(text);
  }
  const units = [0];
  const used = new Set([0]);
  const bases = new Set([0]); // no two nodes may share one, or each would have the other's children
  let from = 1;
  const place = (node, at) => {
    const labels = [...(node.value === undefined ? [] : [0]), ...[...node.children.keys()].sort((a, b) => a - b)];
    while (used.has(from)) from++;
    let base = from & ~255;
    while (bases.has(base) || labels.some(label => used.has(base ^ label) || (base ^ label) === 0)) base++;
    if ((at ^ base) >= 1 << 21) throw new Error("the trie is too large");
    bases.add(base);
    units[at] = ((units[at] ?? 0) | ((at ^ base) << 10) | (node.value === undefined ? 0 : 256)) >>> 0;
    for (const label of labels) used.add(base ^ label);
    if (node.value !== undefined) units[base] = (node.value | 0x80000000) >>> 0;
    for (const label of node.children.keys()) units[base ^ label] = label;
    for (const [label, child] of node.children) place(child, base ^ label);
  };
  place(trie, 0);
  const size = Math.max(...used) + 1;
  const head = Buffer.alloc(4 + 4 * size);
  head.writeUInt32LE(4 * size, 0);
  for (let i = 0; i < size; i++) head.writeUInt32LE(units[i] ?? 0xff, 4 + 4 * i);
  return Buffer.concat([head, ...texts]);
}
