using System.Text.Json;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Models;

public class PictureTests
{
    private static readonly PictureCard Card = new()
    {
        Size = [6, 4], Resize = PictureResize.Squash, Filter = PictureFilter.Bilinear, Mean = [0.5f, 0.4f, 0.3f], Std = [0.1f, 0.2f, 0.25f], Layout = PictureLayout.Btchw,
    };

    public static TheoryData<int, int, string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, int, string, string, string>();
            foreach (var expected in JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "pictures", "pictures.json"))).RootElement.EnumerateArray())
                cases.Add(expected.GetProperty("width").GetInt32(), expected.GetProperty("height").GetInt32(), expected.GetProperty("resize").GetString()!,
                    expected.GetProperty("filter").GetString()!, $"{expected.GetProperty("to")} {expected.GetProperty("rgb").GetString()}");
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Resized_pictures_equal_those_of_PIL_bit_for_bit(int width, int height, string resize, string filter, string expected)
    {
        var (size, rgb) = (JsonSerializer.Deserialize<int[]>(expected.Split("] ")[0] + "]")!, Convert.FromBase64String(expected.Split("] ")[1]));
        var tensor = new PictureTensor(Card with { Size = size, Resize = Enum.Parse<PictureResize>(resize, true), Filter = Enum.Parse<PictureFilter>(filter, true) });
        Assert.Equal(rgb, tensor.Resize(Source(width, height)));
    }

    [Theory]
    [InlineData(PictureLayout.Btchw, new long[] { 2, 3, 3, 4, 6 })]
    [InlineData(PictureLayout.Bcthw, new long[] { 2, 3, 3, 4, 6 })]
    [InlineData(PictureLayout.Nchw, new long[] { 6, 3, 4, 6 })]
    public void The_tensor_has_every_value_at_its_place(PictureLayout layout, long[] shape)
    {
        // Six pictures of one colour each: 10 f + c for frame f, channel c.
        KeptFrame[][] clips = [[Plain(0), Plain(1), Plain(2)], [Plain(3), Plain(4), Plain(5)]];
        using var tensor = new PictureTensor(Card with { Layout = layout }).Batch(clips);
        Assert.Equal(shape, tensor.Shape.ToArray());
        var values = tensor.Data<float>();
        for (var clip = 0; clip < 2; clip++)
            for (var frame = 0; frame < 3; frame++)
                for (var c = 0; c < 3; c++)
                    for (var pixel = 0; pixel < 24; pixel++)
                    {
                        var plane = layout == PictureLayout.Bcthw ? (clip * 3 + c) * 3 + frame : (clip * 3 + frame) * 3 + c;
                        Assert.Equal(((10 * (clip * 3 + frame) + c) / 255f - Card.Mean[c]) / Card.Std[c], values[plane * 24 + pixel], 5);
                    }
    }

    [Fact]
    public void A_frame_whose_bytes_do_not_fit_its_size_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new PictureTensor(Card).Batch([[new KeptFrame(7, 0, 10, 10, new byte[299])]]));
        Assert.Equal("frame 7: found 299 bytes, expected 3 x 10 x 10", error.Message);
    }

    private static KeptFrame Plain(int number)
    {
        var rgb = new byte[3 * 9 * 5];
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] = (byte)(10 * number + i % 3);
        return new KeptFrame(number, number, 9, 5, rgb);
    }

    // The formula of Data/pictures/make_pictures.py.
    private static KeptFrame Source(int width, int height)
    {
        var rgb = new byte[3 * width * height];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var c = 0; c < 3; c++)
                    rgb[3 * (y * width + x) + c] = (byte)(x * x * 3 + y * y * 5 + x * y * 7 + c * 61 + ((x / 5 + y / 7) % 2 != 0 ? 200 : 0));
        return new KeptFrame(0, 0, width, height, rgb);
    }
}
