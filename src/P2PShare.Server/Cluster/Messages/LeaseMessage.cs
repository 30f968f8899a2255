using System.Diagnostics.CodeAnalysis;
using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Cluster.Messages;

/// <summary>
/// What a server publishes every few seconds, so that the others know that it lives: <c>format u8, version u64, epoch u32, state u8,
/// started i64, address (length u16), key (flag u8, 32 bytes), files i64, parts i64, sessions i64, lag u32, bytes i64</c>.
/// </summary>
internal sealed record LeaseMessage
{
    /// <summary>Higher than of everything that this server has published before under its id.</summary>
    public required long Version { get; init; }

    /// <summary>Counts the connections of this server to NATS.</summary>
    public required uint Epoch { get; init; }

    public ServerState State { get; init; }

    /// <summary>When the server started, in milliseconds since 1970, UTC.</summary>
    public long Started { get; init; }

    /// <summary>Where clients reach it: a host name or IP address, and a port. As <see cref="HostAndPort"/> writes it.</summary>
    public required string Address { get; init; }

    /// <summary>The server's key; null where it has none.</summary>
    public KeyFingerprint? Key { get; init; }

    /// <summary>What its own sessions share.</summary>
    public LeaseCounts Counts { get; init; }

    /// <summary>Milliseconds that its last lease took from being published to being received by itself.</summary>
    public uint LagMilliseconds { get; init; }

    /// <summary>Bytes of the pages that it has published.</summary>
    public long PublishedBytes { get; init; }

    /// <param name="writer">Has room for <see cref="MessageBounds.MaxLeaseBytes"/>.</param>
    public void Write(MessageWriter writer)
    {
        writer.Clear();
        writer.WriteByte(MessageBounds.Format);
        writer.WriteInt64(Version);
        writer.WriteUInt32(Epoch);
        writer.WriteByte((byte)State);
        writer.WriteInt64(Started);
        writer.WriteBytes(Encoding.ASCII.GetBytes(Address));
        writer.WriteKey(Key);
        writer.WriteInt64(Counts.Files);
        writer.WriteInt64(Counts.Parts);
        writer.WriteInt64(Counts.Sessions);
        writer.WriteUInt32(LagMilliseconds);
        writer.WriteInt64(PublishedBytes);
    }

    public static bool TryRead(ReadOnlyMemory<byte> message, [NotNullWhen(true)] out LeaseMessage? lease)
    {
        lease = null;
        var reader = new MessageReader(message);
        if (message.Length > MessageBounds.MaxLeaseBytes
            || !reader.TryReadByte(MessageBounds.Format, out var format)
            || format != MessageBounds.Format
            || !reader.TryReadInt64(1, MessageBounds.MaxVersion, out var version)
            || !reader.TryReadUInt32(out var epoch)
            || !reader.TryReadByte((byte)ServerState.Ended, out var state)
            || !reader.TryReadInt64(0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), out var started)
            || !reader.TryReadBytes(MessageBounds.MaxAddressBytes, out var address)
            || !HostAndPort.TryParse(address.Span, out _)
            || !reader.TryReadKey(out var key)
            || !TryReadCounts(ref reader, out var counts)
            || !reader.TryReadUInt32(out var lag)
            || !reader.TryReadInt64(0, long.MaxValue, out var bytes)
            || !reader.IsAtEnd)
            return false;
        lease = new LeaseMessage
        {
            Version = version,
            Epoch = epoch,
            State = (ServerState)state,
            Started = started,
            Address = Encoding.ASCII.GetString(address.Span),
            Key = key,
            Counts = counts,
            LagMilliseconds = lag,
            PublishedBytes = bytes,
        };
        return true;
    }

    private static bool TryReadCounts(ref MessageReader reader, out LeaseCounts counts)
    {
        counts = default;
        if (!reader.TryReadInt64(0, MessageBounds.MaxCount, out var files)
            || !reader.TryReadInt64(0, MessageBounds.MaxCount, out var parts)
            || !reader.TryReadInt64(0, MessageBounds.MaxCount, out var sessions))
            return false;
        counts = new LeaseCounts(files, parts, sessions);
        return true;
    }
}
