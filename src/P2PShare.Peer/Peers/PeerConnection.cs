using System.Net;
using P2PShare.Networking;
using P2PShare.Peer.Async;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Peers;

/// <summary>
/// The requesting side of a SWARM conversation with one owner (PROTOCOL.md, section 6.2). Commands may be pipelined; replies come in
/// their order. A wait for the owner is cancelled after 10 s without a whole line or a byte of data; then <see cref="HasStalled"/> is true.
/// </summary>
/// <remarks>
/// The methods that are awaited for each piece return the stream's own task. An async method around it would allocate an object
/// whenever its continuation runs on another thread, even with a pooling method builder.
/// </remarks>
internal sealed class PeerConnection : IAsyncDisposable
{
    // Many replies to GETs of small files fit into one receive of this size. The default input buffer, sized for a line, holds only
    // one and a half of them.
    private const int SmallGetBytes = 16 * 1024;
    private const int SmallInputBytes = 128 * 1024;

    private readonly LineChannel _channel;
    private readonly StallTimer _stall;
    private readonly ContentReceiver _content;

    // What receives the answers to the METAs that were asked, the oldest first.
    private readonly Queue<Action<FileMetadata?>> _unansweredMeta = new();

    // A receive that WaitAsync began and that has not completed.
    private Task<int>? _receiving;

    private PeerConnection(Connection connection, RateLimiter limit, TimeProvider time, CancellationToken cancellation)
    {
        _channel = new LineChannel(connection.Stream);
        _stall = new StallTimer(OwnerLimits.Stall, time, cancellation);
        _content = new ContentReceiver(_channel, limit, _stall, time);
    }

    /// <summary>Receives each answer to a WATCH, before the replies to later commands are read.</summary>
    public Action<PeerReply>? WatchAnswered { get; set; }

    /// <summary>The owner named PIECES: it answers WATCH.</summary>
    public bool KnowsPieces { get; private set; }

    /// <summary>The owner named META: it answers META and FOLDERS.</summary>
    public bool KnowsMetadata { get; private set; }

    /// <summary>A wait for the owner took too long; every later wait ends at once.</summary>
    public bool HasStalled => _stall.HasExpired;

    /// <summary>Connects and does the handshake.</summary>
    /// <param name="dial">Makes the connection.</param>
    /// <param name="owner">The peer to connect to.</param>
    /// <param name="limit">The limit of all downloads.</param>
    /// <param name="time">The clock of every time-out.</param>
    /// <param name="cancellation">Ends this and every later wait on the connection.</param>
    /// <exception cref="IOException">
    /// The owner closed the connection, stalled, or is a plain peer (<see cref="PlainPeerException"/>).
    /// </exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nothing listens there.</exception>
    public static async Task<PeerConnection> OpenAsync(
        Dial dial, PeerAddress owner, RateLimiter limit, TimeProvider time, CancellationToken cancellation)
    {
        var peer = new PeerConnection(await dial(new IPEndPoint(owner.Ip, owner.Port), cancellation), limit, time, cancellation);
        try
        {
            new ProtoVersion().WriteTo(peer._channel);
            await peer.FlushAsync();
            var line = await peer._channel.ReadLineAsync(peer._stall.Restart());
            var features = line is null ? Features.None : VersionReply.Parse(line.Value.Span).Features;
            if (!features.HasFlag(Features.Swarm))
                throw new PlainPeerException();
            peer.KnowsPieces = features.HasFlag(Features.Pieces);
            peer.KnowsMetadata = features.HasFlag(Features.Meta);
            return peer;
        }
        catch (Exception e)
        {
            await peer.DisposeAsync();
            if (e is OperationCanceledException && peer.HasStalled)
                throw new PeerStalledException();
            throw;
        }
    }

    /// <summary>Queues a command. <see cref="FlushAsync"/> sends it.</summary>
    public void Ask(Get get)
    {
        if (get.Length <= SmallGetBytes)
            _channel.ReceiveBufferBytes = SmallInputBytes;
        get.WriteTo(_channel);
    }

    /// <inheritdoc cref="Ask(Get)"/>
    public void Ask(Hashes hashes) => hashes.WriteTo(_channel);

    /// <inheritdoc cref="Ask(Get)"/>
    public void Ask(Watch watch) => watch.WriteTo(_channel);

    /// <inheritdoc cref="Ask(Get)"/>
    /// <param name="meta">The command.</param>
    /// <param name="answered">
    /// Receives the answer before the replies to later commands are read, or, from an owner that gives none, never; null where the owner
    /// tells nothing.
    /// </param>
    public void Ask(Meta meta, Action<FileMetadata?> answered)
    {
        meta.WriteTo(_channel);
        _unansweredMeta.Enqueue(answered);
    }

    /// <summary>Asks for the empty folders below a folder. Nothing else may be requested of the owner meanwhile.</summary>
    /// <returns>Names below that folder.</returns>
    /// <exception cref="PeerEndedException">The owner closed the connection.</exception>
    /// <exception cref="PeerViolationException">It sent something else than valid names, or too many of them.</exception>
    public async Task<IReadOnlyList<FileName>> AskAsync(Folders folders)
    {
        folders.WriteTo(_channel);
        await FlushAsync();
        var names = new List<FileName>();
        for (var bytes = 0; ;)
        {
            ReadOnlyMemory<byte> line;
            while (!_channel.TryReadLine(out line))
                NoteReceived(await ReceiveAsync());
            if (line.Span.SequenceEqual(FixedReplies.FoldersEnd))
                return names;
            if (!FolderRow.TryParse(line, out var row)
                || names.Count == Limits.MaxEmptyFolders
                || (bytes += row.Name.Utf8.Length) > Limits.MaxEmptyFolderBytes)
                throw new PeerViolationException("it sent a list of folders that the protocol does not allow");
            names.Add(row.Name);
        }
    }

    /// <summary>Commands are queued.</summary>
    public bool HasUnsent => _channel.UnflushedBytes > 0;

    /// <summary>Sends the queued commands, and starts the time of the wait for the next reply's line.</summary>
    public ValueTask FlushAsync() => _channel.FlushAsync(_stall.Restart());

    /// <summary>
    /// Takes the reply to the oldest unanswered GET or HASHES. False where its line has not been received yet. Answers to WATCH and META
    /// that come before it go to <see cref="WatchAnswered"/>, or to whatever asked.
    /// </summary>
    /// <exception cref="PeerViolationException">The line is no reply that the protocol knows.</exception>
    public bool TryReadReply(out PeerReply reply)
    {
        reply = default;
        while (_channel.TryReadLine(out var line))
        {
            if (!PeerReply.TryParse(line, out reply)
                || (reply.AnswersWatch && WatchAnswered is null)
                || (reply.AnswersMeta && _unansweredMeta.Count == 0))
                throw new PeerViolationException("it sent an answer that the protocol does not know");
            if (reply.AnswersWatch)
                WatchAnswered!(reply);
            else if (reply.AnswersMeta)
                _unansweredMeta.Dequeue()(reply.Metadata);
            else
                return true;
        }

        return false;
    }

    /// <summary>
    /// Receives more of a reply's line. The whole line has to come within the time that <see cref="FlushAsync"/> started: an owner that
    /// sends it byte by byte cannot prolong it. Pass the result to <see cref="NoteReceived"/>.
    /// </summary>
    public ValueTask<int> ReceiveAsync()
    {
        if (_receiving is not { } receiving)
            return _channel.ReceiveIntoBufferAsync(_stall.Token);
        _receiving = null;
        return new ValueTask<int>(receiving);
    }

    /// <summary>
    /// Waits until more was received, or until <paramref name="other"/> has completed. A receive that is under way then is continued by
    /// the next call, or by <see cref="ReceiveAsync"/>.
    /// </summary>
    /// <exception cref="PeerEndedException">The owner closed the connection.</exception>
    public async Task WaitAsync(Task other)
    {
        _receiving ??= _channel.ReceiveIntoBufferAsync(_stall.Token).AsTask();
        if (await Task.WhenAny(_receiving, other) == _receiving)
            NoteReceived(await ReceiveAsync());
    }

    /// <summary>Takes over the bytes that <see cref="ReceiveAsync"/> received.</summary>
    /// <exception cref="PeerEndedException">There are none: the owner closed the connection.</exception>
    public void NoteReceived(int count)
    {
        if (!_channel.CommitReceived(count))
            throw new PeerEndedException();
    }

    /// <summary>Sends the queued commands, and waits for the reply to the oldest unanswered one.</summary>
    /// <exception cref="PeerEndedException">The owner closed the connection.</exception>
    /// <exception cref="PeerViolationException">The line is no reply that the protocol knows.</exception>
    public async Task<PeerReply> ReadReplyAsync()
    {
        await FlushAsync();
        PeerReply reply;
        while (!TryReadReply(out reply))
            NoteReceived(await ReceiveAsync());
        return reply;
    }

    /// <summary>Reads what has been received of the bytes after a DATA line, up to the length of <paramref name="data"/>.</summary>
    /// <inheritdoc cref="ContentReceiver.ReadAsync"/>
    public ValueTask<int> ReadDataAsync(Memory<byte> data) => _content.ReadAsync(data);

    /// <summary>How long this peer's own limit has held it back.</summary>
    public TimeSpan HeldBack => _content.HeldBack;

    /// <summary>Stops the stall timer: no command is unanswered, so the owner may be silent.</summary>
    public void StopStallTimer() => _stall.Stop();

    /// <summary>Starts the stall timer where it was stopped: a command that was sent before is still unanswered.</summary>
    public void ResumeStallTimer() => _stall.Resume();

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        if (_receiving is not null)
            await Background.WaitNoThrowAsync(_receiving);
        _stall.Dispose();
    }
}
