using System.Runtime.CompilerServices;
using System.Threading.Channels;
using P2PShare.Peer.Async;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Scheduling;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>Verifies and writes what the owners of one download send, while they send more; then gives the buffers back.</summary>
/// <param name="state">Of the download.</param>
/// <param name="whole">Told of each file whose last piece this was.</param>
/// <param name="ending">Cancelled where the download ends before its files are whole.</param>
internal sealed class PieceVerifier(DownloadState state, ChannelWriter<DownloadFile> whole, CancellationToken ending)
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

    private readonly record struct ReceivedPiece(PieceSource From, PieceRef Piece, Memory<byte> Buffer);

    /// <summary>Takes a piece, and its buffer, when there is room, which there is in the time that a disk takes.</summary>
    /// <remarks>
    /// A small file, of which there may be thousands, goes to the worker for them, or, where that has enough to do, is verified and
    /// written here and now.
    /// </remarks>
    /// <param name="from">Who sent it.</param>
    /// <param name="piece">Which it is.</param>
    /// <param name="buffer">Of the download, to which it goes back.</param>
    /// <exception cref="WrongPieceException">The owner lied, and it was found out here.</exception>
    /// <exception cref="SaveFailedException">Our side of it failed here.</exception>
    /// <exception cref="OperationCanceledException">The download ends.</exception>
    public ValueTask TakeAsync(PieceSource from, PieceRef piece, Memory<byte> buffer)
    {
        var received = new ReceivedPiece(from, piece, buffer);
        return PieceBuffers.IsSmall(buffer) ? TakeSmallAsync(received) : TakeLargeAsync(received);
    }

    // No token: one would cost an object each time. Where there is no room, whoever is woken makes some.
    private ValueTask TakeLargeAsync(ReceivedPiece received)
    {
        received.From.Begin();
        var taken = _received.Writer.WriteAsync(received, CancellationToken.None);
        _idle.WakeOne();
        return taken;
    }

    private ValueTask TakeSmallAsync(ReceivedPiece received)
    {
        received.From.Begin();
        if (_small.Writer.TryWrite(received))
            return ValueTask.CompletedTask;
        received.From.End();
        return TryVerifyAndRelease(received) && IsLastOfFile(received) ? whole.WriteAsync(state.Files[received.Piece.File], ending) : ValueTask.CompletedTask;
    }

    /// <summary>Nothing more will come, and all that came is verified.</summary>
    public void Complete()
    {
        _idle.End();
        _small.Writer.Complete();
    }

    /// <summary>Works until <see cref="Complete"/>; whatever is wrong with a piece, its <see cref="PieceSource"/> is told.</summary>
    public Task RunAsync() =>
        Task.WhenAll([Background.Run(WorkOnSmallAsync), .. Enumerable.Range(0, Workers).Select(_ => Background.Run(WorkAsync))]);

    private async Task WorkAsync()
    {
        var signal = IdleWorkers.NewSignal();
        do
        {
            while (_received.Reader.TryRead(out var received))
                await HandleAsync(received);
        }
        while (await _idle.WaitAsync(signal, unless: _received.Reader));
    }

    private async Task WorkOnSmallAsync()
    {
        while (await _small.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_small.Reader.TryRead(out var received))
                await HandleAsync(received);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask HandleAsync(ReceivedPiece received)
    {
        try
        {
            if (TryVerifyAndRelease(received) && IsLastOfFile(received))
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
        var (from, piece, buffer) = received;
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

    private bool IsLastOfFile(ReceivedPiece received)
    {
        received.From.HasGiven = true;
        return state.Complete(received.From.Number, received.Piece);
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
