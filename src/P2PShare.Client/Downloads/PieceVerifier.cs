using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace P2PShare.Client.Downloads;

/// <summary>Verifies and writes what the owners of one download send, while they send more; then gives the buffers back.</summary>
/// <param name="state">Of the download.</param>
/// <param name="whole">Told of each file whose last piece this was.</param>
internal sealed class PieceVerifier(DownloadState state, ChannelWriter<DownloadFile> whole)
{
    // Each either hashes or waits for the disk, which takes about as long.
    private const int Workers = 4;

    // So many pieces may wait; then receiving waits, and with it, by TCP, the owners.
    private const int MostWaiting = 2;

    // Of small files so many may wait for the one worker who shares them with the receivers.
    private const int MostSmallWaiting = 32;

    private readonly Channel<ReceivedPiece> _small = Channel.CreateBounded<ReceivedPiece>(new BoundedChannelOptions(MostSmallWaiting) { SingleReader = true });
    private readonly Channel<ReceivedPiece> _received = Channel.CreateBounded<ReceivedPiece>(MostWaiting);
    private readonly IdleWorkers _idle = new();

    // Its buffer is one of the download's, or, of a small file, rented.
    private readonly record struct ReceivedPiece(PieceGiver From, PieceRef Piece, Memory<byte> Buffer, byte[]? Rented = null);

    /// <summary>Takes a piece, and its buffer, if there is room for it now.</summary>
    public bool TryTake(PieceGiver from, PieceRef piece, Memory<byte> buffer)
    {
        from.Begin();
        if (!_received.Writer.TryWrite(new ReceivedPiece(from, piece, buffer)))
        {
            from.End();
            return false;
        }

        _idle.WakeOne();
        return true;
    }

    /// <summary>Takes a piece, and its buffer, when there is room, which there is in the time that a disk takes. No token: one would cost an object each time.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask TakeAsync(PieceGiver from, PieceRef piece, Memory<byte> buffer)
    {
        from.Begin();
        await _received.Writer.WriteAsync(new ReceivedPiece(from, piece, buffer), CancellationToken.None);
        _idle.WakeOne();
    }

    /// <summary>Takes a file of one piece, of which there may be thousands: hands it to the worker for them, or, where that has enough to do, verifies and writes it here and now.</summary>
    /// <param name="from">Who sent it.</param>
    /// <param name="piece">The one piece of its file.</param>
    /// <param name="rented">Of the shared pool, to which it goes back.</param>
    /// <exception cref="WrongPieceException">The owner lied.</exception>
    /// <exception cref="SaveFailedException">Our side of it failed.</exception>
    public ValueTask TakeSmallAsync(PieceGiver from, PieceRef piece, byte[] rented)
    {
        var received = new ReceivedPiece(from, piece, rented, rented);
        from.Begin();
        if (_small.Writer.TryWrite(received))
            return ValueTask.CompletedTask;
        from.End();
        return TryVerifyAndRelease(received) && IsLastOfFile(from, piece) ? whole.WriteAsync(state.Files[piece.File], CancellationToken.None) : ValueTask.CompletedTask;
    }

    /// <summary>Nothing more will come, and all that came is verified.</summary>
    public void Complete()
    {
        _idle.End();
        _small.Writer.Complete();
    }

    /// <summary>Works until <see cref="Complete"/>; whatever is wrong with a piece, its <see cref="PieceGiver"/> is told.</summary>
    /// <param name="ending">Cancelled where the download ends before its files are whole.</param>
    public Task RunAsync(CancellationToken ending) =>
        Task.WhenAll([Background.Run(() => WorkOnSmallAsync(ending)), .. Enumerable.Range(0, Workers).Select(_ => Background.Run(() => WorkAsync(ending)))]);

    private async Task WorkAsync(CancellationToken ending)
    {
        var bell = IdleWorkers.NewBell();
        do
        {
            while (_received.Reader.TryRead(out var received))
                await HandleAsync(received, ending);
        }
        while (await _idle.WaitAsync(bell, unless: _received.Reader));
    }

    private async Task WorkOnSmallAsync(CancellationToken ending)
    {
        while (await _small.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_small.Reader.TryRead(out var received))
                await HandleAsync(received, ending);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask HandleAsync(ReceivedPiece received, CancellationToken ending)
    {
        try
        {
            if (TryVerifyAndRelease(received) && IsLastOfFile(received.From, received.Piece))
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

    // False where its owner is done with already.
    private bool TryVerifyAndRelease(ReceivedPiece received)
    {
        var (from, piece, buffer, rented) = received;
        var length = state.Files[piece.File].Identity.PieceLength(piece.Piece);
        try
        {
            if (from.HasFailed)
                return false;
            VerifyAndSave(piece, buffer.Span[..length]);
            return true;
        }
        finally
        {
            state.CountArriving(-length);
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
            else
                state.Buffers.Return(buffer);
        }
    }

    private void VerifyAndSave(PieceRef piece, ReadOnlySpan<byte> content)
    {
        var file = state.Files[piece.File];
        if (!file.Layer!.IsRight(piece.Piece, content))
            throw new WrongPieceException(piece);
        if (state.IsWanted(piece))
            Save(file, piece.Piece, content);
    }

    private bool IsLastOfFile(PieceGiver from, PieceRef piece)
    {
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
