using System.Threading.Channels;

namespace P2PShare.Client.Downloads;

/// <summary>Verifies and writes what one owner sends, a piece while the next one is being received; then gives its buffer back.</summary>
/// <param name="owner">The owner's number.</param>
/// <param name="state">Of the download.</param>
/// <param name="whole">Told of each file whose last piece this was.</param>
internal sealed class PieceVerifier(int owner, DownloadState state, ChannelWriter<DownloadFile> whole)
{
    // Two pieces may wait; then receiving waits, and with it, by TCP, the owner.
    private readonly Channel<(PieceRef Piece, Memory<byte> Buffer)> _received = Channel.CreateBounded<(PieceRef, Memory<byte>)>(2);

    /// <summary>A piece was right.</summary>
    public bool HasGiven { get; private set; }

    /// <summary>Takes a piece, and its buffer, if there is room for it now.</summary>
    public bool TryTake(PieceRef piece, Memory<byte> buffer) => _received.Writer.TryWrite((piece, buffer));

    /// <summary>Takes a piece, and its buffer, when there is room, which there is in the time that a disk takes. No token: one would cost an object each time.</summary>
    /// <exception cref="ChannelClosedException">Something was wrong; <see cref="RunAsync"/> throws what it is.</exception>
    public ValueTask TakeAsync(PieceRef piece, Memory<byte> buffer) => _received.Writer.WriteAsync((piece, buffer), CancellationToken.None);

    /// <summary>Verifies and writes a piece here and now.</summary>
    /// <exception cref="WrongPieceException">The owner lied.</exception>
    /// <exception cref="SaveFailedException">Our side of it failed.</exception>
    public ValueTask TakeNowAsync(PieceRef piece, ReadOnlyMemory<byte> content)
    {
        try
        {
            VerifyAndSave(piece, content.Span);
        }
        finally
        {
            state.CountArriving(-content.Length);
        }

        return IsLastOfFile(piece) ? whole.WriteAsync(state.Files[piece.File], CancellationToken.None) : ValueTask.CompletedTask;
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete() => _received.Writer.TryComplete();

    /// <summary>Works until <see cref="Complete"/>; where something is wrong, cancels <paramref name="ending"/> and throws what it is.</summary>
    /// <exception cref="WrongPieceException">The owner lied.</exception>
    /// <exception cref="SaveFailedException">Our side of it failed.</exception>
    public Task RunAsync(CancellationTokenSource ending) =>
        Task.WhenAll(Background.Run(() => WorkAsync(ending)), Background.Run(() => WorkAsync(ending)));

    // There are two, so that one hashes while the other waits for the disk.
    private async Task WorkAsync(CancellationTokenSource ending)
    {
        try
        {
            while (await _received.Reader.WaitToReadAsync())
            {
                while (_received.Reader.TryRead(out var received))
                {
                    VerifyAndRelease(received.Piece, received.Buffer);
                    if (IsLastOfFile(received.Piece))
                        await whole.WriteAsync(state.Files[received.Piece.File], ending.Token);
                }
            }
        }
        catch
        {
            Complete();
            ending.Cancel();
            throw;
        }
        finally
        {
            while (_received.Reader.TryRead(out var unread))
                Release(unread.Piece, unread.Buffer);
        }
    }

    private void VerifyAndRelease(PieceRef piece, Memory<byte> buffer)
    {
        try
        {
            VerifyAndSave(piece, buffer.Span[..state.Files[piece.File].Identity.PieceLength(piece.Piece)]);
        }
        finally
        {
            Release(piece, buffer);
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

    private bool IsLastOfFile(PieceRef piece)
    {
        HasGiven = true;
        return state.Complete(owner, piece);
    }

    private void Release(PieceRef piece, Memory<byte> buffer)
    {
        state.CountArriving(-state.Files[piece.File].Identity.PieceLength(piece.Piece));
        state.Buffers.Return(buffer);
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
