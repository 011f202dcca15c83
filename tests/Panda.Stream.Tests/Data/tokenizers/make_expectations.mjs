// What @huggingface/tokenizers (npm, 0.2.0) makes of the strings of texts.mjs, as one hash of ids and one of decoded texts per 100 strings:
// npm install --no-save --ignore-scripts @huggingface/tokenizers@0.2.0 && node make_expectations.mjs
// With the name of a tokenizer it prints [ids, decoded] of every string instead, null where one is left out.
import { readFileSync, writeFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { charsRules } from "./chars_rules.mjs";
import { texts } from "./texts.mjs";

const COUNT = 20000, CHUNK = 100;

// Where the library is known to differ from the reference it is a port of (huggingface/tokenizers in Rust), a string is left out:
const rules = charsRules();
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const shortest = text => {
  for (let end = 1; end <= text.length; end++)
    if (rules.has(text.slice(0, end))) return rules.get(text.slice(0, end));
};
const precompiled = text =>
  [...graphemes.segment(text)].map(({ segment }) => (Buffer.byteLength(segment) < 6 ? shortest(segment) : undefined) ?? [...segment].map(c => shortest(c) ?? c).join("")).join("");
const nfkc = text => text
  .replace(/[\u0001-\u0008\u000B\u000E-\u001F\u007F\u008F\u009F]/g, "")
  .replace(/[\u0009\u000A\u000C\u000D\u00A0\u1680\u2000-\u200F\u2028\u2029\u202F\u205F\u2581\u3000\uFEFF\uFFFD]/g, " ")
  .split("\uFF5E").map(part => part.normalize("NFKC")).join("\uFF5E");
const plainWords = text => text.split(/\s+/).filter(word => word).join(" ");
const wrong = {
  // JavaScript's \s has U+FEFF and lacks U+0085; its TextDecoder swallows U+FEFF.
  blanks: text => /[\uFEFF\u0085]/.test(text),
  // JavaScript lower-cases a sigma by its place in the word; the reference goes character by character.
  sigma: text => text.toLowerCase() !== [...text].map(c => c.toLowerCase()).join(""),
  // It looks at the first UTF-16 unit for CJK beyond U+20000.
  ideographs: text => /[\u{20000}-\u{2FA1F}]/u.test(text),
  // Its \d is ASCII's; the reference has all that Unicode calls a number.
  digits: text => /[^\P{N}0-9]/u.test(text.normalize("NFKC")),
  // It finds a normalised token (here one with a sign for a blank before it) also where one stands bare directly behind another.
  neighbours: text => /(<s>|<\/s>|<unk>){2}/.test(text),
  // It normalises by NFKC instead of the file's own table.
  table: text => plainWords(precompiled(text)) !== plainWords(nfkc(text)),
};
export const tokenizers = {
  byte_level: [wrong.blanks],
  byte_level_split: [wrong.blanks],
  llama: [wrong.blanks, wrong.neighbours],
  llama_metaspace: [wrong.blanks],
  t5: [wrong.blanks, wrong.table],
  albert: [wrong.blanks, wrong.sigma],
  bert: [wrong.blanks, wrong.sigma, wrong.ideographs],
  word_piece: [wrong.blanks, wrong.digits],
};

function* rows(name) {
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8")), {});
  for (const text of texts(COUNT)) {
    if (tokenizers[name].some(rule => rule(text))) {
      yield null;
      continue;
    }
    const ids = tokenizer.encode(text).ids;
    yield [ids, ids.length ? tokenizer.decode(ids, { skip_special_tokens: true, clean_up_tokenization_spaces: false }) : ""];
  }
}

const fnv = (hash, value) => {
  for (let i = 0; i < 4; i++, value >>>= 8) hash = Math.imul(hash ^ (value & 255), 16777619) >>> 0;
  return hash;
};
const bitmap = indices => { // four strings a digit, the first the highest bit
  const digits = Array(COUNT / 4).fill(0);
  for (const i of indices) digits[i >> 2] |= 8 >> (i & 3);
  return digits.map(digit => digit.toString(16)).join("");
};
const hex = hash => hash.toString(16).padStart(8, "0");

if (process.argv[2]) {
  for (const row of rows(process.argv[2])) console.log(JSON.stringify(row));
} else {
  const out = {};
  for (const name of Object.keys(tokenizers)) {
    const leftOut = [], ids = [], decoded = [];
    let i = 0, hashes = null;
    for (const row of rows(name)) {
      if (i % CHUNK === 0) hashes = [2166136261, 2166136261];
      if (row === null) leftOut.push(i);
      else {
        hashes[0] = [...row[0], -1].reduce(fnv, hashes[0]);
        for (let j = 0; j < row[1].length; j++) hashes[1] = fnv(hashes[1], row[1].charCodeAt(j));
        hashes[1] = fnv(hashes[1], -1);
      }
      if (++i % CHUNK === 0) {
        ids.push(hex(hashes[0]));
        decoded.push(hex(hashes[1]));
      }
    }
    out[name] = { strings: i, leftOut: bitmap(leftOut), ids: ids.join(" "), decoded: decoded.join(" ") };
    console.error(name, i - leftOut.length, "compared,", leftOut.length, "left out");
  }
  writeFileSync("expectations.json", JSON.stringify(out, null, 1) + "\n");
}
