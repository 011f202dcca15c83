#!/usr/bin/python3
"""Writes base_letters.txt: every character that Unicode decomposes canonically, then what is left of it without marks (category Mn)."""
import sys
import unicodedata

with open("base_letters.txt", "w", encoding="utf-8") as file:
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:  # surrogates; Hangul decomposes by arithmetic
            continue
        base = "".join(c for c in unicodedata.normalize("NFD", chr(code)) if unicodedata.category(c) != "Mn")
        if base != chr(code) and unicodedata.category(chr(code)) != "Mn":
            file.write(f"{chr(code)}{base}\n")
