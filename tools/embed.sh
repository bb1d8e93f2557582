#!/bin/sh
# Writes files as static C strings on stdout: `static const char embedded_NAME[] = {…, 0};`, NAME being the path with _ for
# everything but letters and digits.
set -eu
echo '/* Made by tools/embed.sh. */'
echo '#pragma GCC diagnostic ignored "-Wunused-variable"'
for file; do
    name=$(printf %s "$file" | tr -c 'A-Za-z0-9' _)
    printf 'static const char embedded_%s[] = {' "$name"
    od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    echo '0};'
done
