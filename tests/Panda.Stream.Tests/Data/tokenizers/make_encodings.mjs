// What @huggingface/tokenizers (npm) makes of some strings with the tiny models' tokenizers:
// npm install --no-save --ignore-scripts @huggingface/tokenizers && node make_encodings.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";

const texts = [
  "", " ", "a red ball rolls to the left.", "  Two  blanks,\ttabs\n\nand lines  ", "The title: Ünïcödé café № 42\n", "it's we'll THEY'RE don't",
  "emoji 😀👩‍👩‍👧 and 🇩🇪", "中文和 English 混排", "עברית العربية", "x".repeat(60), "1234567890 3.14 1,000", "</s> <s>inside</s> text <pad>", "[CLS] a [MASK] b [SEP][UNK]",
  "tab\u0000nul\u0007bell\u200bzero\ufeffbom\ufffdrepl", "ÅÉÎÕÜ åéîõü ǅ ﬁ İ ß Σς", "각한글", "a_b-c/d\\e~f`g^h|i", "\u0301combining e\u0301 \u1E9B\u0323", "Caption:", "red\u00a0ball\u2003\u3000cube\r\nforest",
  "don\u2019t \u201Cquote\u201D \u2014 dash\u2026", "supercalifragilistic " + "y".repeat(101), "\u2126 \u212B \uF900 \u{1D15E} \u{2F800}", "¿¡ §¶ $+<=>^`|~ ©®",
];
const out = {};
for (const [name, folder] of [["byte_level", "teacher"], ["word_piece", "matcher"]]) {
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(`../models/${folder}/tokenizer.json`, "utf8")), {});
  out[name] = texts.map(text => {
    const ids = tokenizer.encode(text).ids;
    return { text, ids, decoded: ids.length ? tokenizer.decode(ids, { skip_special_tokens: true, clean_up_tokenization_spaces: false }) : "" };
  });
}
writeFileSync("encodings.json", JSON.stringify(out, null, 1).replace(/\n {4}(\d+,?)(?=\n)/g, " $1").replace(/\n {4,5}(?=\d)/g, " ") + "\n");
