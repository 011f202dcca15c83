// The strings that tokenizers are compared on: the same sequence as TokenizerTexts.cs makes.
import { readFileSync } from "node:fs";

const spec = JSON.parse(readFileSync(new URL("texts.json", import.meta.url), "utf8"));
const ranges = spec.ranges.map(range => range.map(code => parseInt(code, 16)));

export const corpus = spec.words;

export function* texts(count) {
  let state = 70;
  const next = bound => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % bound;
  };
  const character = () => {
    const [first, last] = ranges[next(ranges.length)];
    return String.fromCodePoint(first + next(last - first + 1));
  };
  const word = () => spec.words[next(spec.words.length)];
  for (let i = 0; i < count; i++) {
    if (i === 0) {
      yield "";
      continue;
    }
    const kind = next(40);
    let text = "";
    if (kind === 0) { // a long run of one thing
      const unit = next(2) === 0 ? character() : word();
      text = unit.repeat(50 + next(150));
    } else {
      const parts = 1 + next(kind < 30 ? 12 : 40);
      for (let j = 0; j < parts; j++) {
        text += spec.separators[next(spec.separators.length)];
        if (kind < 20) {
          text += word();
        } else {
          const [first, last] = ranges[next(ranges.length)];
          for (let k = 1 + next(6); k > 0; k--)
            text += kind < 30 ? String.fromCodePoint(first + next(last - first + 1)) : character();
        }
      }
    }
    yield text;
  }
}
