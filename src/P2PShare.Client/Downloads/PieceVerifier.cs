using System.Threading.Channels;

namespace P2PShare.Client.Downloads;

/// <summary>Verifies and writes what the owners of one download send, while they send more; then gives the buffers back.</summary>
/// <param name="state">Of the download.</param>
/// <param name="whole">Told of each file whose last piece this was.</param>
internal sealed class PieceVerifier(DownloadState state, ChannelWriter<DownloadFile> whole)
{
    // Each either hashes or waits for the disk, which takes about as long: with two, 2 GiB took 1.15 of the time, and more win nothing.
    private const int Workers = 4;

    // So many pieces may wait; then receiving waits, and with it, by TCP, the owners.
    private const int MostWaiting = 2;

    private readonly Channel<ReceivedPiece> _received = Channel.CreateBounded<ReceivedPiece>(MostWaiting);

    private readonly record struct ReceivedPiece(PieceGiver From, PieceRef Piece, Memory<byte> Buffer);

    /// <summary>Takes a piece, and its buffer, if there is room for it now.</summary>
    public bool TryTake(PieceGiver from, PieceRef piece, Memory<byte> buffer)
    {
        from.Begin();
        if (_received.Writer.TryWrite(new ReceivedPiece(from, piece, buffer)))
            return true;
        from.End();
        return false;
    }

    /// <summary>Takes a piece, and its buffer, when there is room, which there is in the time that a disk takes. No token: one would cost an object each time.</summary>
    public ValueTask TakeAsync(PieceGiver from, PieceRef piece, Memory<byte> buffer)
    {
        from.Begin();
        return _received.Writer.WriteAsync(new ReceivedPiece(from, piece, buffer), CancellationToken.None);
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete() => _received.Writer.TryComplete();

    /// <summary>Works until <see cref="Complete"/>; whatever is wrong with a piece, its <see cref="PieceGiver"/> is told.</summary>
    /// <param name="ending">Cancelled where the download ends before its files are whole.</param>
    public Task RunAsync(CancellationToken ending) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Background.Run(() => WorkAsync(ending))));

    private async Task WorkAsync(CancellationToken ending)
    {
        while (await _received.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_received.Reader.TryRead(out var received))
            {
                try
                {
                    if (IsLastOfFile(received))
                        await whole.WriteAsync(state.Files[received.Piece.File], ending);
                }
                catch (Exception e)
                {
                    received.From.Fail(e);
                }
                finally
                {
                    received.From.End();
                }
            }
        }
    }

    // Verifies and writes it, unless its owner is done with already.
    private bool IsLastOfFile(ReceivedPiece received)
    {
        var (from, piece, buffer) = received;
        var file = state.Files[piece.File];
        try
        {
            if (from.HasFailed)
                return false;
            var content = buffer.Span[..file.Identity.PieceLength(piece.Piece)];
            if (!file.Layer!.IsRight(piece.Piece, content))
                throw new WrongPieceException(piece);
            if (state.IsWanted(piece))
                Save(file, piece.Piece, content);
        }
        finally
        {
            state.CountArriving(-file.Identity.PieceLength(piece.Piece));
            state.Buffers.Return(buffer);
        }

        from.HasGiven = true;
        return state.Complete(from.Number, piece);
    }

    private static void Save(DownloadFile file, int piece, ReadOnlySpan<byte> content)
    {
        try
        {
            file.Target.Write(piece, content);
        }
        catch (ObjectDisposedException)
        {
            // Another owner's copy of this piece was the file's last, and the file is finished.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SaveFailedException(e.Message, e);
        }
    }
}
