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
scenes=12000
step world.py "$models/world.json"
step examples.py judged_examples.json
step samples.py long "$root/samples"
step check_samples.py "$root/samples"
step samples.py heldout "$models/heldout" 180
step -c "import data; data.create('$cache', $scenes)"
# Two at a time: each uses one core.
step data.py "$cache" 0 6000 $scenes & other=$!
step data.py "$cache" 6000 $scenes $scenes
wait $other
step tokens.py "$build"

teach() {
    step teachers.py train "$cache" "$build" $1
    step teachers.py say "$cache" "$build" $1 0 $scenes
}
near() {
    step towers.py train "$cache" "$build" near 3600
    step towers.py look "$cache" "$build" near
    # The others that read begin with the first one's weights.
    for name in mini-video-llama-pretrain mini-video-llama-finetune mini-minigpt4 mini-blip2-opt-a mini-blip2-opt-b mini-blip2-t5; do teach $name; done
}
near & near=$!
step towers.py train "$cache" "$build" wide 3000
step towers.py look "$cache" "$build" wide
step towers.py look "$cache" "$build" centre
step teachers.py notes "$cache" "$build"
while kill -0 $near 2>/dev/null && [ ! -e "$build/mini-video-llama-pretrain.pt" ]; do sleep 5; done
for name in mini-videochat mini-videochat-text; do teach $name; done
step towers.py train "$cache" "$build" deep 5000
step towers.py look "$cache" "$build" deep
wait $near
step matcher.py pretrain "$build"
step matcher.py finetune "$build"
step matcher.py choose "$build"
step student.py "$cache" "$build"
step export.py "$build" "$models"
step lpips.py train "$build" "$models"/heldout/*.mp4 "$root"/samples/*.mp4
step lpips.py export "$build" "$models" "$models"/heldout/*.mp4 "$root"/samples/*.mp4
step evaluate.py "$build" "$models/heldout" "$models/heldout/accuracy.json"
