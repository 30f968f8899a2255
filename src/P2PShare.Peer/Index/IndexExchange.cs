using System.Buffers;

namespace P2PShare.Peer.Index;

/// <summary>
/// One command to the server and its reply: the command's line, the parser of the reply's lines, and the deadline. Used once.
/// </summary>
/// <typeparam name="TReply">The parsed reply.</typeparam>
internal abstract class IndexExchange<TReply>
{
    /// <summary>How long the reply may take. Where it changes while lines come in, the time starts again.</summary>
    protected abstract ReplyDeadline Deadline { get; }

    /// <summary>Writes the command's line.</summary>
    public abstract void WriteTo(IBufferWriter<byte> output);

    /// <summary>Reads lines until the reply is complete.</summary>
    /// <exception cref="IOException">
    /// The connection ended, or the reply is refused or missing: see <see cref="IndexConnection"/>.
    /// </exception>
    public async Task<TReply> ReadReplyAsync(LineReceiver lines, TimeProvider time, CancellationToken cancellation)
    {
        var deadline = Deadline;
        var (started, count) = (time.GetTimestamp(), 0);
        while (true)
        {
            var left = deadline.Timeout - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                return OnTimeout();
            if (await lines.TryReadAsync(deadline.Silence ?? left, time, cancellation) is not { } line)
                return deadline.Silence is null ? OnTimeout() : OnSilence();
            if (TryComplete(line, out var reply))
                return reply;
            if (++count < deadline.LinesPerTimeout && Deadline == deadline)
                continue;
            deadline = Deadline;
            (started, count) = (time.GetTimestamp(), 0);
        }
    }

    /// <summary>Parses the next line. True when the reply is complete.</summary>
    protected abstract bool TryComplete(ReadOnlyMemory<byte> line, out TReply reply);

    /// <summary>The reply where the deadline has passed without one.</summary>
    /// <exception cref="ServerTimeoutException">The server has to send a reply.</exception>
    protected virtual TReply OnTimeout() => throw new ServerTimeoutException();

    /// <summary>The reply that a pause of <see cref="ReplyDeadline.Silence"/> completes.</summary>
    protected virtual TReply OnSilence() => OnTimeout();
}
