#!/usr/bin/env python3
"""Writes unicode_forms.txt, what UnicodeForms needs of the Unicode database (3.13 or later gives version 15.1):
'FIRST-LAST CLASS' combining classes other than 0; 'CODE = PARTS' canonical decompositions that compose again, '!' those that do not; '~' compatibility ones.
Hangul syllables are left out: theirs is arithmetic."""
import sys
import unicodedata

codes = [code for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
with open("unicode_forms.txt", "w", encoding="ascii") as file:
    runs = []
    for code in codes:
        combining = unicodedata.combining(chr(code))
        if combining and runs and runs[-1][1] == code - 1 and runs[-1][2] == combining:
            runs[-1][1] = code
        elif combining:
            runs.append([code, code, combining])
    for first, last, combining in runs:
        file.write(f"{first:04X}-{last:04X} {combining}\n")
    for code in codes:
        parts = unicodedata.decomposition(chr(code))
        if parts.startswith("<"):
            file.write(f"{code:04X} ~ {parts.split('> ')[1]}\n")
        elif parts:
            file.write(f"{code:04X} {'=' if unicodedata.normalize('NFC', chr(code)) == chr(code) else '!'} {parts}\n")
