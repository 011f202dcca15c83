// The rules of SentencePiece's nmt_nfkc.
export function charsRules() {
  const rules = new Map();
  const composed = [];
  for (let code = 1; code < 0x30000; code++) {
    if ((code >= 0xd800 && code < 0xe000) || (code >= 0xac00 && code < 0xd7a4)) continue;
    const character = String.fromCodePoint(code);
    const normal = character.normalize("NFKC");
    if (/[\u0001-\u0008\u000B\u000E-\u001F\u007F\u008F\u009F]/.test(character)) rules.set(character, "");
    else if (/[\u0009\u000A\u000C\u000D\u00A0\u1680\u2000-\u200F\u2028\u2029\u202F\u205F\u2581\u3000\uFEFF\uFFFD]/.test(character)) rules.set(character, " ");
    else if (normal !== character && code !== 0xff5e) rules.set(character, normal);
    if (normal === character && character.normalize("NFD") !== character) composed.push(character);
  }
  for (const character of composed) rules.set(character.normalize("NFD"), character);
  return rules;
}
