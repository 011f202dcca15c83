using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Shards;
using Panda.Stream.Videos;

namespace Panda.Stream.Export.Cutting;

/// <summary>One clip on its way into a file of its own, frame after frame through the encoder.</summary>
internal sealed class ClipEncoding : IDisposable
{
    private readonly StreamEncoder _encoder;
    private readonly MediaOutput _output;
    private readonly Packet _packet = new();
    private readonly long _frameTicks;
    private long _last;

    internal ClipEncoding(ClipRow clip, string path, DecodedFrame first, VideoStreamInfo video, MediaInput input, int stream, int threads)
    {
        Clip = clip;
        _encoder = new StreamEncoder(first.Picture, video.TimeBase, video.FrameRate, video.SampleAspect, threads);
        _frameTicks = Math.Max(1, (long)Math.Round(1 / (video.FrameRate.ToDouble() * video.TimeBase.ToDouble())));
        try
        {
            _output = MediaOutput.Encoded(path, _encoder, input, stream);
        }
        catch
        {
            _encoder.Dispose();
            throw;
        }
    }

    internal ClipRow Clip { get; }

    internal void Add(DecodedFrame frame)
    {
        _last = frame.Pts - Clip.StartPts;
        _encoder.Send(frame.Picture, _last);
        Write();
    }

    internal void Finish()
    {
        _encoder.SendEnd();
        Write();
        _output.Finish();
    }

    public void Dispose()
    {
        _output.Dispose();
        _encoder.Dispose();
        _packet.Dispose();
    }

    private void Write()
    {
        while (_encoder.TryReceive(_packet))
        {
            // The file's length is the last packet's time and duration, which the encoder does not know.
            _packet.Duration = _packet.Pts == _last ? Math.Max(1, Clip.EndPts - Clip.StartPts - _last) : _frameTicks;
            _output.Write(_packet, _encoder.TimeBase);
        }
    }
}
