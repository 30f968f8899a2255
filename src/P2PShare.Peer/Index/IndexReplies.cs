using P2PShare.Protocol.Grammar;

namespace P2PShare.Peer.Index;

/// <summary>
/// Reads what a server answers (PROTOCOL.md, sections 4 and 5), and gets along with one that named no features: it may be silent,
/// leave a list without an end, or say things that nobody asked for.
/// </summary>
/// <param name="lines">The server's lines.</param>
/// <param name="isPlain">It named no features.</param>
/// <param name="time">The clock of every time-out.</param>
internal sealed class IndexReplies(IndexLines lines, bool isPlain, TimeProvider time)
{
    // A server that trickles a list must not keep every later command waiting for years: so many rows share one patience.
    private const int RowsInPatience = 100;

    /// <summary>Recognizes the line that ends a list.</summary>
    public delegate bool IsEnd(ReadOnlySpan<byte> line);

    /// <summary>Takes a row; false where the line is none.</summary>
    public delegate bool TakeRow(ReadOnlyMemory<byte> line);

    private delegate bool TakeAnswer<T>(ReadOnlyMemory<byte> line, out T answer);

    /// <summary>The next line, whatever it is.</summary>
    /// <exception cref="ServerSilentException">None came within <paramref name="patience"/>.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadLineAsync(TimeSpan patience, CancellationToken cancellation) =>
        await lines.TryReadAsync(patience, time, cancellation) ?? throw new ServerSilentException();

    /// <summary>OK (null), or the reason of FAIL or ERROR, a stranger's text. A plain server gets its second, and its silence counts as OK.</summary>
    /// <exception cref="ServerSilentException">No answer came.</exception>
    public async Task<string?> ReadStatusAsync(Verb verb, CancellationToken cancellation)
    {
        var answer = await ReadAnswerAsync(
            (ReadOnlyMemory<byte> line, out StatusReply reply) => StatusReply.TryParse(verb, line.Span, out reply),
            isPlain ? IndexLimits.PlainReplyTimeout : IndexLimits.ServerSilence,
            cancellation);
        return answer is null && !isPlain ? throw new ServerSilentException() : answer?.Refusal;
    }

    /// <summary>FOUND or NOT_FOUND; other lines are passed over.</summary>
    /// <exception cref="ServerRefusedException">A server with features answered ERROR.</exception>
    /// <exception cref="ImpossibleOwnerException">FOUND, with an address that no peer can have.</exception>
    /// <exception cref="ServerSilentException">No answer came.</exception>
    public async Task<FoundReply> ReadFoundAsync(CancellationToken cancellation)
    {
        var isImpossible = false;
        var answer = await ReadAnswerAsync((ReadOnlyMemory<byte> line, out FoundReply found) =>
        {
            isImpossible = !FoundReply.TryParse(line, out found) && FoundReply.IsFound(line.Span);
            return isImpossible || IsFoundReply(line, out found);
        }, IndexLimits.ServerSilence, cancellation);
        if (!isImpossible)
            return answer ?? throw new ServerSilentException();

        // It may have been a line of its own kind, with the answer right behind it.
        return await ReadAnswerAsync<FoundReply>(IsFoundReply, IndexLimits.PlainReplyTimeout, cancellation) ?? throw new ImpossibleOwnerException();
    }

    /// <summary>Rows up to the line that ends them. A plain server's list is complete, too, when it falls silent for 500 ms.</summary>
    /// <exception cref="ServerRefusedException">A server with features answered ERROR.</exception>
    /// <exception cref="ServerSilentException">It stopped in the middle, or trickles: a hundred rows took as long as its patience for one.</exception>
    /// <exception cref="EndlessListException">More rows came than any list has.</exception>
    public async Task ReadRowsAsync(IsEnd isEnd, TakeRow take, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        for (var rows = 0; rows <= IndexLimits.MaxListedRows; rows++)
        {
            if (rows % RowsInPatience == 0)
                started = time.GetTimestamp();
            var left = IndexLimits.ServerSilence - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                throw new ServerSilentException();
            var line = await lines.TryReadAsync(isPlain ? IndexLimits.PlainListSilence : left, time, cancellation);
            if (line is null && !isPlain)
                throw new ServerSilentException();
            if (line is null || isEnd(line.Value.Span))
                return;

            // What can be read as a row is one, even if it begins with ERROR: a file may have that name.
            if (!take(line.Value))
                ThrowIfRefused(line.Value.Span);
        }

        throw new EndlessListException($"{IndexLimits.MaxListedRows} rows");
    }

    // The time is for all lines together: stray lines, one after the other, must not keep an exchange going for ever.
    private async Task<T?> ReadAnswerAsync<T>(TakeAnswer<T> take, TimeSpan patience, CancellationToken cancellation)
        where T : struct
    {
        var started = time.GetTimestamp();
        for (var left = patience; left > TimeSpan.Zero; left = patience - time.GetElapsedTime(started))
        {
            if (await lines.TryReadAsync(left, time, cancellation) is not { } line)
                return null;
            if (take(line, out var answer))
                return answer;
        }

        return null;
    }

    private bool IsFoundReply(ReadOnlyMemory<byte> line, out FoundReply found)
    {
        var isFound = FoundReply.TryParse(line, out found);
        if (!isFound)
            ThrowIfRefused(line.Span);
        return isFound;
    }

    // Of a plain server an ERROR may answer anything; one with features answers in order.
    private void ThrowIfRefused(ReadOnlySpan<byte> line)
    {
        if (!isPlain && Replies.IsError(line) && StatusReply.TryParse(Verb.Request, line, out var error))
            throw new ServerRefusedException(error.Refusal!);
    }
}
