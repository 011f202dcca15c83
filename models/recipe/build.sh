#!/bin/sh
# Makes everything again, from nothing: samples, held-out clips, training set, tokenizers, models, numbers.
#   models/recipe/build.sh [WORK_DIRECTORY]         (default: models/recipe/out, which git ignores)
# Needs ffmpeg with libx264, and a python3 with torch 1.13 or newer, numpy and PIL; PYTHON=... names one. Torch is many times
# faster with a good BLAS (Debian: libopenblas0) than with the reference one.
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
scenes=9000
step world.py "$models/world.json"
step examples.py judged_examples.json
step samples.py long "$root/samples"
step check_samples.py "$root/samples"
step samples.py heldout "$models/heldout" 180
step -c "import data; data.create('$cache', $scenes)"
# Two at a time: each uses one core.
step data.py "$cache" 0 4512 $scenes & other=$!
step data.py "$cache" 4512 $scenes $scenes
wait $other
step tokens.py "$build"

step towers.py train "$cache" "$build" near 3600 & other=$!
step towers.py train "$cache" "$build" wide 3000
wait $other
for name in near wide centre; do step towers.py look "$cache" "$build" $name; done
# These two come first: the one's notes are read, the other's weights are begun with.
step teachers.py notes "$cache" "$build" & other=$!
step teachers.py train "$cache" "$build" mini-video-llama-pretrain
wait $other
teachers="mini-video-llama-pretrain mini-video-llama-finetune mini-videochat mini-videochat-text mini-blip2-opt-a mini-blip2-opt-b mini-blip2-t5 mini-minigpt4"
for name in $teachers; do
    [ $name = mini-video-llama-pretrain ] || step teachers.py train "$cache" "$build" $name
    step teachers.py say "$cache" "$build" $name 0 $scenes
done
step matcher.py pretrain "$build"
step matcher.py finetune "$build"
step matcher.py choose "$build"
step student.py "$cache" "$build"
step export.py "$build" "$models"
step lpips.py train "$build" "$models"/heldout/*.mp4 "$root"/samples/*.mp4
step lpips.py export "$build" "$models" "$models"/heldout/*.mp4 "$root"/samples/*.mp4
step evaluate.py "$build" "$models/heldout" "$models/heldout/accuracy.json"
