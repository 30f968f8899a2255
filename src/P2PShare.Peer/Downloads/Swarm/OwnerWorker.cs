using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Peers;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// Fetches from one owner over one connection: keeps its request pipeline full, receives one piece while the one before is verified
/// and written, and opens files when no piece can be requested.
/// </summary>
/// <param name="owner">The owner's number in the scheduler.</param>
/// <param name="connect">Connects to the owner.</param>
/// <param name="state">The download's state.</param>
/// <param name="verifier">Takes the pieces that arrive.</param>
/// <param name="opener">Opens files.</param>
/// <param name="port">The port on which this peer serves what it has; null where it serves nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnerWorker(
    int owner,
    Func<CancellationToken, Task<PeerConnection>> connect,
    DownloadState state,
    PieceVerifier verifier,
    FileOpener opener,
    int? port,
    TimeProvider time)
{
    private const string NotSharedAnyMore = "it no longer shares the file";
    private const int MaxEmptyAnswers = 3;

    private static readonly TimeSpan PauseAfterEmptyAnswers = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HeldAnswer = TimeSpan.FromSeconds(1);

    private readonly RequestPipeline _requests = new(owner, state, time);
    private readonly OwnerWatch _watch = new(owner, state, port);
    private readonly ArrivingPiece _arriving = new(state);
    private PieceSource? _source;
    private bool _isOpening;
    private long _askedAt;
    private string? _whyUnavailable;
    private bool _hasContentChanged;

    /// <summary>The owner has answered the handshake.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>The owner has replied BUSY, and the pause that it asked for is not over.</summary>
    public bool IsBusy => _requests.IsBusy;

    /// <summary>
    /// No piece is expected at the moment: the owner is busy or serves others first, or what an earlier run left is being verified.
    /// </summary>
    public bool IsPaused => IsBusy || _watch.IsChoked || _isOpening;

    /// <summary>
    /// The owner has been waiting for a second or more to tell of new pieces, as an owner of a part does that is fetching the file itself.
    /// </summary>
    public bool IsWatching => IsConnected && _watch.IsWaiting && time.GetElapsedTime(Interlocked.Read(ref _askedAt)) >= HeldAnswer;

    /// <summary>At least one of the owner's pieces was verified.</summary>
    public bool HasVerifiedPiece => _source is { HasVerifiedPiece: true };

    /// <inheritdoc cref="RequestPipeline.NoteSilence"/>
    public void NoteSilence() => _requests.NoteSilence();

    /// <summary>Ends when every file is finished.</summary>
    /// <param name="download">Cancelled when the download ends.</param>
    /// <exception cref="IOException">
    /// The owner closed the connection, stalled, speaks only protocol 1.0, has nothing that is wanted, or broke the protocol
    /// (<see cref="PeerViolationException"/>).
    /// </exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody answers at the owner's address.</exception>
    /// <exception cref="WrongPieceException">A piece failed verification.</exception>
    /// <exception cref="SaveFailedException">A piece could not be saved.</exception>
    public async Task RunAsync(CancellationToken download)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(download);
        await using var peer = await connect(ending.Token);
        IsConnected = true;
        _source = new PieceSource(owner, ending);
        try
        {
            await FetchAsync(peer, _source, ending.Token);
        }
        catch (OperationCanceledException) when (peer.HasStalled)
        {
            throw new PeerStalledException();
        }
        catch (OperationCanceledException) when (!download.IsCancellationRequested)
        {
            // The verifier has cancelled this worker; SettleAsync throws the reason.
        }
        finally
        {
            _arriving.Drop();
            await _source.SettleAsync();
        }
    }

    // Awaits itself whatever arrives with each piece: a method in between would allocate, see PeerConnection's remarks.
    private async Task FetchAsync(PeerConnection peer, PieceSource source, CancellationToken cancellation)
    {
        while (!state.IsFinished)
        {
            var version = state.Changed.Version;
            if (_watch.IsNew && peer.KnowsPieces)
                Ask(peer);
            _watch.NoteRequested(_requests.Fill(peer, _watch.Allowance));
            if (_requests.IsEmpty)
            {
                await WorkWithoutRequestsAsync(peer, version, cancellation);
                continue;
            }

            if (!peer.TryReadReply(out var reply))
            {
                await peer.FlushAsync();
                do
                    peer.NoteReceived(await peer.ReceiveAsync());
                while (!peer.TryReadReply(out reply));
            }

            var piece = _requests.Dequeue();
            if (reply.Kind != PeerReplyKind.Data)
            {
                HandleRefusal(peer, piece, reply);
                continue;
            }

            _arriving.Begin(piece, reply.Number);
            while (!_arriving.IsWhole)
                _arriving.Add(await peer.ReadDataAsync(_arriving.Rest));
            _requests.NoteArrival(reply.Number);

            // While the verifier has no room we do not read, which must not count as the owner's stall.
            peer.StopStallTimer();
            await verifier.TakeAsync(source, piece, _arriving.TakeBuffer());
        }
    }

    private Task WorkWithoutRequestsAsync(PeerConnection peer, long version, CancellationToken cancellation)
    {
        if (IsBusy)
        {
            peer.StopStallTimer();
            return _requests.WaitWhileBusyAsync(cancellation);
        }

        if (state.TryPickFileToOpen(owner, out var file))
            return OpenFileAsync(peer, file);
        if (_watch.HasLostFile)
            _whyUnavailable = NotSharedAnyMore;
        if (_whyUnavailable is not null && !state.IsInteresting(owner))
            throw _hasContentChanged ? new ContentChangedException() : new IOException(_whyUnavailable);
        if (peer.KnowsPieces)
            return WatchAsync(peer, version, cancellation);
        peer.StopStallTimer();
        return state.Changed.WaitForChange(version).WaitAsync(cancellation);
    }

    // Until the owner answers, or another worker's owner does something that may be new work for this one.
    private async Task WatchAsync(PeerConnection peer, long version, CancellationToken cancellation)
    {
        // An owner should wait until it has something to tell. One that does not is asked less often.
        if (_watch.EmptyAnswersInRow > MaxEmptyAnswers && !_watch.IsWaiting)
            await Task.WhenAny(state.Changed.WaitForChange(version), Task.Delay(PauseAfterEmptyAnswers, time, cancellation));
        Ask(peer);
        if (peer.HasUnsent)
            await peer.FlushAsync();
        // It was stopped while the owner was busy, or while the verifier had no room.
        if (_watch.IsWaiting)
            peer.ResumeStallTimer();
        else
            peer.StopStallTimer();
        await peer.WaitAsync(state.Changed.WaitForChange(version));
        if (peer.TryReadReply(out _))
            throw new PeerViolationException("it answered a question that was not asked");
    }

    private void Ask(PeerConnection peer)
    {
        if (_watch.TryAsk(peer))
            Interlocked.Exchange(ref _askedAt, time.GetTimestamp());
    }

    private void HandleRefusal(PeerConnection peer, PieceRef piece, PeerReply reply)
    {
        if (reply.Kind == PeerReplyKind.Busy)
        {
            _requests.NoteBusy(piece, TimeSpan.FromSeconds(reply.Number));
            return;
        }

        if (reply.Kind == PeerReplyKind.Choked)
        {
            _watch.NoteChoked();
            _requests.NoteChoked(piece);
            return;
        }

        // An owner that knows pieces is asked which of them it has; it says so where it has none.
        var isChanged = reply.Kind == PeerReplyKind.Changed;
        _hasContentChanged |= isChanged;
        if (isChanged || !peer.KnowsPieces)
            _whyUnavailable = NotSharedAnyMore;
        else
            state.Change(scheduler => scheduler.MarkPart(owner, piece.File));
        _requests.NoteUnavailable(piece, isChanged);
    }

    // What an earlier run left is verified to the end, even if the owner is rejected meanwhile: no other worker would open the file.
    private async Task OpenFileAsync(PeerConnection peer, int file)
    {
        state.Files[file].AskMetadata(peer, owner);
        var result = await opener.TryFetchLayerAsync(peer, owner, file);
        if (result == LayerResult.Missing)
            _whyUnavailable = "it has no piece hashes of the file";
        if (result != LayerResult.Fetched)
            return;
        _isOpening = true;
        await opener.OpenAsync(file);
        _isOpening = false;
    }
}
