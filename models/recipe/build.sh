#!/bin/sh
# Makes everything again, from nothing: samples, held-out clips, training set, tokenizers, models, numbers.
#   models/recipe/build.sh [WORK_DIRECTORY]         (default: models/recipe/out, which git ignores)
# Needs ffmpeg with libx264, and a python3 with torch 1.13 or newer, numpy and PIL; PYTHON=... names one.
set -eu
recipe=$(cd "$(dirname "$0")" && pwd)
models=$(dirname "$recipe")
root=$(dirname "$models")
work=${1:-$recipe/out}

python=
for candidate in "${PYTHON:-}" python3 /usr/bin/python3 /usr/local/bin/python3; do
    if [ -n "$candidate" ] && "$candidate" -c 'import torch, numpy, PIL' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "No python3 with torch, numpy and PIL found (Debian: apt install python3-torch python3-numpy python3-pil)." >&2
    echo "Name one with PYTHON=/path/to/python3." >&2
    exit 1
fi
if ! ffmpeg -hide_banner -encoders 2>/dev/null | grep -q libx264; then
    echo "ffmpeg with libx264 is needed." >&2
    exit 1
fi

mkdir -p "$work"
work=$(cd "$work" && pwd)
cache=$work/cache build=$work/build
mkdir -p "$cache" "$build"
step() { echo "== $*"; "$python" -u "$@"; }
cd "$recipe"
step samples.py long "$root/samples"
step check_samples.py "$root/samples"
step samples.py heldout "$models/heldout" 150
step -c "import world; world.write_world('$models/world.json')"
step data.py "$cache" 3600
step tokens.py "$build" 768

step glimpses.py "$build"
step teachers.py train "$cache" "$build" mini-blip2
# The others begin with what it has learnt to see. Two at a time: each training uses one core.
step matcher.py look "$cache" "$build" & looking=$!
step teachers.py train "$cache" "$build" mini-video-llama
step teachers.py meet "$cache" "$build" mini-video-llama
step teachers.py train "$cache" "$build" mini-minigpt4
wait $looking
for name in mini-blip2 mini-minigpt4 mini-video-llama; do
    step teachers.py say "$cache" "$build" $name
done
step matcher.py match "$cache" "$build"
step export.py "$build" "$models"
step lpips.py train "$build" "$models"/heldout/*.mp4 "$root"/samples/*.mp4
step lpips.py export "$build" "$models" "$models"/heldout/*.mp4 "$root"/samples/*.mp4
step evaluate.py "$build" "$models/heldout" "$models/heldout/accuracy.json"
