namespace Panda.Stream.Tests.Fuzz;

/// <summary>MPEG-TS recordings spoilt packet by packet, and such as go round for ever.</summary>
internal static class TransportStream
{
    private const int PacketBytes = 188, MostLoopBytes = 4 << 20;

    internal static Mutation Mutate(byte[] file, Random random)
    {
        var packets = file.Chunk(PacketBytes).Select(packet => packet.ToArray()).ToList();
        return random.Next(8) switch
        {
            0 => Loop(file, random),
            1 => new("packets shuffled", Joined(Shuffled(packets, random))),
            2 => new("every tenth packet lost", Joined(packets.Where(_ => random.Next(10) != 0))),
            3 => new("packets twice", Joined(packets.SelectMany(packet => random.Next(5) == 0 ? new[] { packet, packet } : [packet]))),
            4 => new("packets of other streams", Joined(Changed(packets, random, packet => packet[2] = (byte)random.Next(256)))),
            5 => new("clocks and times at random", Joined(Changed(packets, random, packet => random.NextBytes(packet.AsSpan(Math.Min(4, packet.Length), Math.Clamp(packet.Length - 4, 0, 20)))))),
            6 => new("counters at random", Joined(Changed(packets, random, packet => packet[3] = (byte)(packet[3] & 0xF0 | random.Next(16))))),
            _ => ManyStreams(packets, random),
        };
    }

    private static Mutation Loop(byte[] file, Random random)
    {
        var times = Math.Clamp(MostLoopBytes / file.Length, 2, random.Pick([3, 20, 200]));
        return new($"goes round {times} times", [.. Enumerable.Repeat(file, times).SelectMany(round => round)]);
    }

    private static Mutation ManyStreams(List<byte[]> packets, Random random)
    {
        var streams = random.Pick([300, 8000]);
        return new($"{streams} streams", Joined(packets.Concat(Enumerable.Range(0, streams).Select(number =>
        {
            var packet = random.Pick(packets).ToArray();
            (packet[1], packet[2]) = ((byte)(0x40 | number >> 8 & 0x1F), (byte)number);
            return packet;
        }))));
    }

    private static IEnumerable<byte[]> Shuffled(List<byte[]> packets, Random random)
    {
        var order = packets.ToArray();
        for (var at = 0; at + 16 < order.Length; at += 16)
            random.Shuffle(order.AsSpan(at, 16));
        return order;
    }

    private static IEnumerable<byte[]> Changed(List<byte[]> packets, Random random, Action<byte[]> change)
    {
        foreach (var packet in packets.Where(packet => packet.Length > 4 && random.Next(20) == 0))
            change(packet);
        return packets;
    }

    private static byte[] Joined(IEnumerable<byte[]> packets) => [.. packets.SelectMany(packet => packet)];
}
