#!/usr/bin/env bash
# Kernels to PTX for compute capability 8.0 and later: kernels/build.sh [FOLDER], by default kernels/ptx. Needs clang++-19, no CUDA toolkit.
# The first line of each file names the sources it was made from by their hash; a test compares it.
#
# With nvcc instead:  nvcc -arch=sm_80 -fmad=false -O3 -ptx kernels/NAME.cu -o NAME.ptx
# As C++, on a CPU:   g++ -std=c++17 -O2 -ffp-contract=off -U_FORTIFY_SOURCE -DPANDA_SHIM -fPIC -shared -x c++ kernels/*.cu kernels/shim/shim.cpp -o kernels.so
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")"
to=${1:-ptx}
clang=${CLANGXX:-clang++-19}
command -v "$clang" >/dev/null || { echo "found no $clang (Debian: apt-get install clang-19); CLANGXX may name another clang++ 19" >&2; exit 3; }
version=$("$clang" -dumpversion)
mkdir -p "$to"
for source in *.cu; do
    name=${source%.cu}
    {
        echo "// source $(cat ./*.h "$source" | sha256sum | cut -d ' ' -f 1) clang $version"
        # Products and sums are not contracted: a GPU must round as the CPU does.
        "$clang" -x cuda --cuda-gpu-arch=sm_80 --cuda-device-only -nocudainc -nocudalib -Xclang -target-feature -Xclang +ptx70 \
            -std=c++17 -O3 -ffp-contract=off -Wall -Werror -S "$source" -o -
    } >"$to/$name.new"
    mv "$to/$name.new" "$to/$name.ptx"
done
