using System.Buffers;
using P2PShare.Protocol.Grammar.Commands;

namespace P2PShare.Peer.Index;

/// <summary>Parses a row of a list. False where the line is none.</summary>
internal delegate bool RowParser<TRow>(ReadOnlyMemory<byte> line, out TRow row);

/// <summary>
/// A command that is answered by rows and a line that ends them. The reply says whether the server has more rows than it sent. A plain
/// server's list is also complete when it is silent for 500 ms.
/// </summary>
/// <param name="command">The command.</param>
/// <param name="end">The line that ends the list.</param>
/// <param name="parse">Parses a row. Lines that are no row are skipped.</param>
/// <param name="each">Is given each row as it comes.</param>
/// <param name="isPlain">The server named no features.</param>
/// <exception cref="ServerRefusedException">A server with features answered ERROR.</exception>
/// <exception cref="ServerTimeoutException">The list stopped before its end, or 100 rows took longer than 20 s.</exception>
/// <exception cref="ListTooLongException">The list has more than <see cref="IndexLimits.MaxListedRows"/> rows.</exception>
internal sealed class ListExchange<TCommand, TRow>(
    TCommand command, byte[] end, RowParser<TRow> parse, Action<TRow> each, bool isPlain) : IndexExchange<bool>
    where TCommand : struct, IMessage<TCommand>
{
    // A server that trickles a list must not block every later command: so many rows share one timeout.
    private const int RowsPerTimeout = 100;

    private readonly ReplyDeadline _deadline = new(
        IndexLimits.ServerSilence, RowsPerTimeout, isPlain ? IndexLimits.PlainListSilence : null);

    private int _lines;

    /// <summary>The line that ends a list which the server has cut short; null where the command has none.</summary>
    public byte[]? EndWithMore { get; init; }

    protected override ReplyDeadline Deadline => _deadline;

    public override void WriteTo(IBufferWriter<byte> output) => command.WriteTo(output);

    protected override bool TryComplete(ReadOnlyMemory<byte> line, out bool reply)
    {
        reply = EndWithMore is not null && line.Span.SequenceEqual(EndWithMore);
        if (reply || line.Span.SequenceEqual(end))
            return true;

        // A line that can be parsed as a row is one, even if it begins with ERROR: a file may have that name.
        if (parse(line, out var row))
            each(row);
        else if (!isPlain)
            ServerRefusedException.ThrowIfError(line.Span);
        return ++_lines <= IndexLimits.MaxListedRows ? false : throw new ListTooLongException($"{IndexLimits.MaxListedRows} rows");
    }

    protected override bool OnSilence() => false;
}
