using System.Threading.Channels;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Peers;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>
/// Fetches from one owner over one connection: keeps as much asked as the scheduler allows, receives one piece while the last is
/// being verified and written, and opens files when there is nothing else to do.
/// </summary>
internal sealed class OwnerWorker(
    int number, PeerAddress owner, DownloadState state, DownloadServices services, PieceVerifier verifier, ChannelWriter<DownloadFile> whole, CancellationToken download)
{
    private const double WeightOfLatestRate = 0.3;
    private const double SilenceToNote = 0.5;

    // The hashes of a piece layer come 256 KiB at a time; an owner that trickles them would keep its file from the others.
    private static readonly TimeSpan PatienceForHashes = 3 * OwnerLimits.Stall;

    private readonly Queue<PieceRef> _asked = new();
    private readonly ArrivingPiece _arriving = new(state);
    private PieceSource? _giver;
    private TimeSpan _pause;
    private double _rate;
    private long _lastArrival;
    private bool _isOwedPiece;
    private bool _isOpening;
    private string _whyLacking = "";

    /// <summary>It has answered the handshake.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>It is known why nothing comes at the moment: it has asked for patience, or what a former run left is being verified.</summary>
    public bool IsExcused => IsQueued || _isOpening;

    /// <summary>It has asked for patience: its slots are taken by others.</summary>
    public bool IsQueued { get; private set; }

    /// <summary>A piece of its was right.</summary>
    public bool HasGiven => _giver is { HasGiven: true };

    /// <summary>
    /// Tells the scheduler that the piece which is due has not come yet, so that the owner cannot be faster than one piece in the time
    /// since: at the end of a download, others are then asked for what it holds, long before it counts as stalled.
    /// </summary>
    public void NoteSilence()
    {
        var seconds = services.Time.GetElapsedTime(Interlocked.Read(ref _lastArrival)).TotalSeconds;
        if (Volatile.Read(ref _isOwedPiece) && seconds >= SilenceToNote)
            NoteRateOfAtMost(Limits.PieceBytes / seconds);
    }

    private void NoteRateOfAtMost(double most)
    {
        state.Change(scheduler => scheduler.SetRate(number, _rate == 0 ? most : Math.Min(_rate, most)));
    }

    /// <summary>Ends when every file is finished.</summary>
    /// <exception cref="IOException">The owner broke off, stalled, is a plain one, or broke the rules (<see cref="PeerViolationException"/>).</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody answers there.</exception>
    /// <exception cref="WrongPieceException">It lied.</exception>
    /// <exception cref="SaveFailedException">Our side of it failed.</exception>
    public async Task RunAsync()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(download);
        await using var peer = await PeerConnection.OpenAsync(services.Dial, owner, services.Time, ending.Token);
        IsConnected = true;
        _giver = new PieceSource(number, ending);
        try
        {
            await FetchAsync(peer, ending.Token);
        }
        catch (OperationCanceledException) when (peer.HasStalled)
        {
            throw new PeerStalledException();
        }
        catch (OperationCanceledException) when (!download.IsCancellationRequested)
        {
            // The verifier stopped us; what it found is thrown below.
        }
        finally
        {
            _arriving.Drop();
            await _giver.SettleAsync();
        }
    }

    // It awaits itself what comes with each piece, and nothing in between does: see PeerConnection's remarks.
    private async Task FetchAsync(PeerConnection peer, CancellationToken cancellation)
    {
        while (!state.IsFinished)
        {
            var version = state.Changed.Version;
            if (!IsQueued)
                AskAhead(peer);
            if (_asked.Count == 0)
            {
                await WorkOtherwiseAsync(peer, version, cancellation);
                continue;
            }

            if (!peer.TryReadReply(out var reply))
            {
                await peer.FlushAsync();
                do
                    peer.NoteReceived(await peer.ReceiveAsync());
                while (!peer.TryReadReply(out reply));
            }

            var piece = _asked.Dequeue();
            if (reply.Kind != PeerReplyKind.Data)
            {
                NoteRefusal(piece, reply);
                continue;
            }

            _arriving.Begin(piece, reply.Number);
            while (!_arriving.IsWhole)
                _arriving.Add(await peer.ReadDataAsync(_arriving.Rest));
            NoteRate(reply.Number);

            // That the owner has to wait for us is no stall of its.
            peer.ExpectNothing();
            await verifier.TakeAsync(_giver!, piece, _arriving.TakeBuffer());
        }
    }

    private Task WorkOtherwiseAsync(PeerConnection peer, long version, CancellationToken cancellation)
    {
        peer.ExpectNothing();
        if (IsQueued)
            return WaitForSlotAsync(cancellation);
        if (state.TryPickFileToOpen(number, out var file))
            return OpenFileAsync(peer, file);
        return _whyLacking.Length > 0 && !state.IsInteresting(number)
            ? throw new IOException(_whyLacking)
            : state.Changed.WaitForChangeAsync(version, cancellation);
    }

    private void AskAhead(PeerConnection peer)
    {
        if (_asked.Count == 0)
            Interlocked.Exchange(ref _lastArrival, services.Time.GetTimestamp());
        while (state.TryPick(number, out var piece))
        {
            var identity = state.Files[piece.File].Identity;
            peer.Ask(new Get(identity.Id, (long)piece.Piece * Limits.PieceBytes, identity.PieceLength(piece.Piece)));
            _asked.Enqueue(piece);
        }

        Volatile.Write(ref _isOwedPiece, _asked.Count > 0);
    }

    // All that was asked for will be answered BUSY too, or come after all; either way the answers are read in their order.
    private void NoteRefusal(PieceRef piece, PeerReply reply)
    {
        if (reply.Kind != PeerReplyKind.Busy)
        {
            NoteLacking(piece, reply.Kind);
            return;
        }

        (IsQueued, _pause) = (true, TimeSpan.FromSeconds(reply.Number));
        state.Change(scheduler => scheduler.Release(number, piece));
    }

    private async Task WaitForSlotAsync(CancellationToken cancellation)
    {
        Volatile.Write(ref _isOwedPiece, false);
        await Task.Delay(_pause, services.Time, cancellation);
        IsQueued = false;
    }

    private void NoteLacking(PieceRef piece, PeerReplyKind reply)
    {
        _whyLacking = reply == PeerReplyKind.Changed ? "its file has changed since it was announced" : "it no longer shares the file";
        state.Change(scheduler =>
        {
            scheduler.MarkUnavailable(number, piece);
            if (reply == PeerReplyKind.Changed)
                scheduler.RemoveSource(number, piece.File);
        });
    }

    private void NoteRate(int bytes)
    {
        var now = services.Time.GetTimestamp();
        var seconds = Math.Max(services.Time.GetElapsedTime(_lastArrival, now).TotalSeconds, 1e-6);
        Interlocked.Exchange(ref _lastArrival, now);
        _rate = _rate == 0 ? bytes / seconds : _rate + WeightOfLatestRate * (bytes / seconds - _rate);
        state.SetRate(number, _rate);
    }

    // What a former run left is looked at to the end, even if the owner is found out meanwhile: nobody else would open the file.
    private async Task OpenFileAsync(PeerConnection peer, int index)
    {
        var file = state.Files[index];
        try
        {
            file.Layer = services.Layers.TryGet(file.Identity) ?? await FetchLayerAsync(peer, file.Identity);
            if (file.Layer is null)
                state.Change(scheduler => scheduler.RemoveSource(number, index));
            else
                services.Layers.Put(file.Layer);
        }
        finally
        {
            if (file.Layer is null)
                state.Change(scheduler => scheduler.ReleaseFile(index));
        }

        if (file.Layer is null)
            return;
        _isOpening = true;
        await FileOpening.OpenAsync(file, index, state, whole, download);
        _isOpening = false;
    }

    private async Task<PieceLayer?> FetchLayerAsync(PeerConnection peer, FileIdentity identity)
    {
        var hashes = new byte[PieceLayer.LengthFor(identity)];
        for (var first = 0; first < identity.PieceCount; first += Limits.MaxHashesPerRequest)
        {
            var asked = services.Time.GetTimestamp();
            var count = Math.Min(Limits.MaxHashesPerRequest, identity.PieceCount - first);
            peer.Ask(new Hashes(identity.Id, first, count));
            var reply = await peer.ReadReplyAsync();
            if (reply.Kind != PeerReplyKind.Data)
            {
                _whyLacking = "it has no piece hashes of the file";
                return null;
            }

            if (reply.Number != count * Limits.HashBytes)
                throw new PeerViolationException("it sent a piece layer of the wrong length");
            for (var filled = 0; filled < reply.Number;)
            {
                var received = await peer.ReadDataAsync(hashes.AsMemory((first * Limits.HashBytes) + filled, reply.Number - filled));
                if (received == 0)
                    throw new PeerEndedException();
                filled += received;
                if (services.Time.GetElapsedTime(asked) > PatienceForHashes)
                    throw new PeerStalledException();
            }
        }

        peer.ExpectNothing();
        return PieceLayer.TryCreate(identity, hashes) ?? throw new PeerViolationException("it sent a piece layer that does not lead to the file id");
    }
}
