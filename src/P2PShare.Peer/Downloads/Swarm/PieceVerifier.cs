using System.Runtime.CompilerServices;
using System.Threading.Channels;
using P2PShare.Peer.Async;
using P2PShare.Peer.Downloads.Buffers;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>Verifies and writes the pieces that the owners of one download send, while they send more, and returns the buffers.</summary>
/// <param name="state">The download's state.</param>
/// <param name="whole">Receives each file whose last piece was verified.</param>
/// <param name="ending">Cancelled where the download ends before its files are whole.</param>
internal sealed class PieceVerifier(DownloadState state, ChannelWriter<DownloadFile> whole, CancellationToken ending)
{
    // Each hashes or waits for the disk, which takes about equally long.
    private const int Workers = 4;

    // Pieces that may wait for a worker. When they are as many, receiving waits, and TCP's flow control makes the owners wait.
    private const int MaxWaiting = 2;

    // Small files that may wait for their one worker.
    private const int MaxSmallWaiting = 32;

    private readonly Channel<ReceivedPiece> _small =
        Channel.CreateBounded<ReceivedPiece>(new BoundedChannelOptions(MaxSmallWaiting) { SingleReader = true });

    private readonly Channel<ReceivedPiece> _received = Channel.CreateBounded<ReceivedPiece>(MaxWaiting);
    private readonly IdleWorkers _idle = new();

    private readonly record struct ReceivedPiece(PieceSource Source, PieceRef Piece, PieceBuffer Buffer);

    /// <summary>Takes a received piece and its buffer, and waits while there is no room for it.</summary>
    /// <remarks>
    /// A small file, of which there may be thousands, goes to one worker, or, while that has enough to do, is verified and written by
    /// the caller.
    /// </remarks>
    /// <param name="source">The owner that sent it.</param>
    /// <param name="piece">Which piece it is.</param>
    /// <param name="buffer">Is returned to its pool when the piece is written.</param>
    /// <exception cref="WrongPieceException">The piece failed verification, which the caller did.</exception>
    /// <exception cref="SaveFailedException">The piece could not be saved, which the caller did.</exception>
    /// <exception cref="OperationCanceledException">The download ends.</exception>
    public ValueTask TakeAsync(PieceSource source, PieceRef piece, PieceBuffer buffer)
    {
        var received = new ReceivedPiece(source, piece, buffer);
        return buffer.IsSmall ? TakeSmallAsync(received) : TakeLargeAsync(received);
    }

    // No cancellation token, since one would allocate for each piece. A full channel is emptied by the workers, even at the end.
    private ValueTask TakeLargeAsync(ReceivedPiece received)
    {
        received.Source.Begin();
        var writing = _received.Writer.WriteAsync(received, CancellationToken.None);
        _idle.WakeOne();
        return writing;
    }

    private ValueTask TakeSmallAsync(ReceivedPiece received)
    {
        received.Source.Begin();
        if (_small.Writer.TryWrite(received))
            return ValueTask.CompletedTask;
        received.Source.End();
        return TryVerifyAndSave(received) && CompletePiece(received)
            ? whole.WriteAsync(state.Files[received.Piece.File], ending)
            : ValueTask.CompletedTask;
    }

    /// <summary>No more pieces will be taken, and all that were taken are verified.</summary>
    public void Complete()
    {
        _idle.End();
        _small.Writer.Complete();
    }

    /// <summary>Works until <see cref="Complete"/>. Every fault is noted at its <see cref="PieceSource"/>.</summary>
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
            if (TryVerifyAndSave(received) && CompletePiece(received))
                await whole.WriteAsync(state.Files[received.Piece.File], ending);
        }
        catch (Exception e)
        {
            received.Source.Fail(e);
        }
        finally
        {
            received.Source.End();
        }
    }

    // Returns the buffer in any case. False where the owner has failed already, and the piece is dropped.
    private bool TryVerifyAndSave(ReceivedPiece received)
    {
        var (source, piece, buffer) = received;
        var length = state.Files[piece.File].Identity.PieceLength(piece.Piece);
        try
        {
            if (source.HasFailed)
                return false;
            VerifyAndSave(piece, buffer.Memory.Span[..length]);
            return true;
        }
        finally
        {
            state.CountArriving(-length);
            buffer.Return();
        }
    }

    private void VerifyAndSave(PieceRef piece, ReadOnlySpan<byte> content)
    {
        var file = state.Files[piece.File];
        if (!file.Layer!.IsValidPiece(piece.Piece, content))
            throw new WrongPieceException();
        if (state.IsWanted(piece))
            Save(file, piece.Piece, content);
    }

    // True where it was the file's last piece.
    private bool CompletePiece(ReceivedPiece received)
    {
        received.Source.NoteVerified();
        state.Files[received.Piece.File].Part?.Add(new PieceRange(received.Piece.Piece, received.Piece.Piece));
        return state.Complete(received.Source.Number, received.Piece);
    }

    private static void Save(DownloadFile file, int piece, ReadOnlySpan<byte> content)
    {
        try
        {
            file.Target.Write(piece, content);
        }
        catch (ObjectDisposedException)
        {
            // Another owner's copy of this piece completed the file, and the file is finished.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SaveFailedException(e.Message, e);
        }
    }
}
