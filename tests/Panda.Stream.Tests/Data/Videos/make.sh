#!/bin/sh -e
# Makes the small files of this folder with the ffmpeg program (5.1). They are committed, so that no test needs it.
cd "$(dirname "$0")"
make() { ffmpeg -v error -y -bitexact "$@"; }
x264="-c:v libx264 -preset medium -crf 8 -bitexact"

# Four quarters: red and green above, blue and white below.
quarters="color=red:s=48x32:r=10:d=1.2[a];color=lime:s=48x32:r=10:d=1.2[b];color=blue:s=48x32:r=10:d=1.2[c];color=white:s=48x32:r=10:d=1.2[d];[a][b]hstack[e];[c][d]hstack[f];[e][f]vstack"
make -f lavfi -i "$quarters,format=rgb24,scale=out_color_matrix=bt601:out_range=tv,format=yuv420p" $x264 quarters.mp4
make -f lavfi -i "$quarters,format=rgb24,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p" $x264 -colorspace bt709 -color_range tv bt709.mp4
make -f lavfi -i "$quarters,format=rgb24,scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p" $x264 fullrange.mp4
make -f lavfi -i "$quarters,format=rgb24,scale=out_color_matrix=bt601:out_range=tv,format=yuv420p10" $x264 tenbit.mkv
make -f lavfi -i "$quarters,format=rgb24,scale=out_color_matrix=bt601:out_range=tv,format=yuv420p10" -c:v libx265 -x265-params log-level=error tenbit.mp4
make -f lavfi -i "$quarters,setsar=2,format=yuv420p" $x264 wide.mp4
# To be turned clockwise by that much; the option counts the other way round when the stream is copied.
for degrees in 90 180 270; do
    make -i quarters.mp4 -c copy -metadata:s:v rotate=$((360 - degrees)) turned$degrees.mp4
done

# A change of size in mid stream.
make -f lavfi -i "testsrc=s=96x64:r=10:d=0.6,format=yuv420p" $x264 -f mpegts big.ts
make -f lavfi -i "testsrc=s=64x48:r=10:d=0.6,format=yuv420p" $x264 -output_ts_offset 0.6 -f mpegts small.ts
cat big.ts small.ts > sizes.ts
rm big.ts small.ts

# Long enough to be cut off and damaged.
make -f lavfi -i "testsrc2=s=128x96:r=25:d=16,format=yuv420p" -c:v libx264 -crf 40 -g 25 -bitexact -movflags +faststart moving.mp4
make -i moving.mp4 -c copy moving.mkv
make -i quarters.mp4 -c copy -f h264 raw.h264

# No film in them.
make -f lavfi -i "sine=d=0.3" -c:a aac -b:a 32k tone.m4a
make -f lavfi -i "testsrc=s=64x48:d=1" -frames:v 1 picture.png
make -i tone.m4a -i picture.png -map 0 -map 1 -c copy -disposition:v:0 attached_pic cover.m4a

# Pictures of 100 MB each.
make -f lavfi -i "color=gray:s=8192x8192:r=5:d=1.2" -c:v libx264 -preset ultrafast -pix_fmt yuv420p huge.mp4

# Times that jump: back, as in recordings joined end to end, and far ahead; a rate beyond all sense; and no time that goes on.
for part in "5 back1" "1 back2" "0 ahead1" "30 ahead2"; do
    set -- $part
    make -f lavfi -i "testsrc=s=96x64:r=10:d=0.8,format=yuv420p" $x264 -output_ts_offset $1 -f mpegts $2.ts
done
cat back1.ts back2.ts > back.ts
cat ahead1.ts ahead2.ts > ahead.ts
rm back1.ts back2.ts ahead1.ts ahead2.ts
make -f lavfi -i "testsrc=s=96x64:r=10:d=2,format=yuv420p,settb=1/1000000,setpts=N" -fps_mode passthrough $x264 -video_track_timescale 1000000 million.mp4
make -f lavfi -i "testsrc=s=96x64:r=10:d=3,format=yuv420p" $x264 -bsf:v setts=pts=0:dts=0 onetime.mkv

# Grows in mid stream: its header tells of the small part.
make -f lavfi -i "testsrc=s=64x48:r=10:d=0.6,format=yuv420p" $x264 -f mpegts small.ts
make -f lavfi -i "testsrc=s=640x480:r=10:d=0.6,format=yuv420p" $x264 -output_ts_offset 0.6 -f mpegts large.ts
cat small.ts large.ts > grows.ts
rm small.ts large.ts
