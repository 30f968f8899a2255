using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Sharing;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>One file of a download: its content, its destination, and the target that its pieces are written to.</summary>
internal sealed class DownloadFile : IDisposable
{
    private const string NewEnding = ".new";

    private readonly Lazy<IPieceTarget> _target;
    private readonly bool _isRepair;
    private PieceLayer? _layer;
    private int _layerRequests;
    private int _lastAsked = -1;

    /// <param name="name">Its name on the network.</param>
    /// <param name="identity">Its content.</param>
    /// <param name="destination">The full path that it should have.</param>
    /// <param name="openTarget">Opens the target when it is first needed; null for an unnamed or a partial file in the same folder.</param>
    public DownloadFile(FileName name, FileIdentity identity, string destination, Func<IPieceTarget>? openTarget = null)
    {
        (Name, Identity, Destination) = (name, identity, destination);
        _isRepair = openTarget is not null;
        _target = new Lazy<IPieceTarget>(openTarget ?? OpenTarget);
    }

    public FileName Name { get; }

    public FileIdentity Identity { get; }

    public string Destination { get; }

    /// <summary>The finished file takes the place of the one at <see cref="Destination"/>, in one step.</summary>
    public bool Replaces { get; init; }

    /// <summary>A file elsewhere that may hold an older version; null where none is known.</summary>
    public string? OlderVersion { get; init; }

    /// <summary>The files that may hold an older version, from which pieces are taken.</summary>
    public IEnumerable<string> OlderVersions
    {
        get
        {
            if (_isRepair)
                return [];
            var beside = Saving.OlderVersions.PathsBeside(Destination);
            return OlderVersion is null ? beside : beside.Prepend(OlderVersion).Distinct();
        }
    }

    /// <summary>
    /// Null until the piece layer was found in the store, or fetched and verified. A file of one piece needs none to be fetched.
    /// </summary>
    public PieceLayer? Layer => Volatile.Read(ref _layer);

    /// <summary>How many owners are being asked for the piece layer.</summary>
    public int LayerRequests => Volatile.Read(ref _layerRequests);

    /// <summary>What goes with it beside its content, as the first owner said that knew it; null until then.</summary>
    public FileMetadata? Metadata { get; private set; }

    /// <summary>What is shared of the file while it is fetched; null where nothing is.</summary>
    public SharedPart? Part { get; set; }

    /// <summary>The finished file is shared.</summary>
    public bool IsSharedOn { get; set; }

    /// <summary>The full path of the finished file; null until then. Another than <see cref="Destination"/> where that was taken.</summary>
    public string? FinishedPath { get; private set; }

    /// <summary>Opened at the first call.</summary>
    /// <exception cref="IOException">It cannot be opened or created.</exception>
    public IPieceTarget Target => _target.Value;

    /// <summary>Sets the piece layer. False where it is known already: of several callers, the one that set it opens the file.</summary>
    public bool TrySetLayer(PieceLayer layer) => Interlocked.CompareExchange(ref _layer, layer, null) is null;

    public void BeginLayerRequest() => Interlocked.Increment(ref _layerRequests);

    public void EndLayerRequest() => Interlocked.Decrement(ref _layerRequests);

    /// <summary>
    /// Queues a question for <see cref="Metadata"/>, together with whatever else is requested of the owner, unless it is known or this
    /// owner was asked last. Nothing waits for the answer.
    /// </summary>
    public void AskMetadata(PeerConnection peer, int owner)
    {
        if (!peer.KnowsMetadata || Metadata is not null || Volatile.Read(ref _lastAsked) == owner)
            return;
        Volatile.Write(ref _lastAsked, owner);
        peer.Ask(new Meta(Identity.Id, Name), NoteMetadata);
    }

    /// <summary>Keeps what an owner said, and tells it to those who ask this peer; null where it said nothing.</summary>
    public void NoteMetadata(FileMetadata? metadata)
    {
        if (metadata is null)
            return;
        Metadata ??= metadata;
        if (Part is { } part)
            part.Metadata = Metadata;
    }

    /// <summary>Gives the file, which is whole and durable, its metadata and its name. It stays open.</summary>
    /// <param name="keepsTime">It gets the modification time that it has at its owner.</param>
    public void Finish(bool keepsTime)
    {
        var metadata = keepsTime ? Metadata : Metadata is null ? null : Metadata with { Modified = null };
        if (!Replaces)
        {
            FinishedPath = Target.Finish(FinalName.Candidates(Destination), metadata);
            return;
        }

        // An unnamed file cannot be given a name that is taken. Whole under any name, it replaces the older one.
        var whole = Target.Finish(FinalName.Candidates(FinalName.WithEnding(Destination, NewEnding)), metadata);
        File.Move(whole, Destination, overwrite: true);
        FinishedPath = Destination;
    }

    /// <summary>Closes the target and keeps its content. Uploads of its part that are under way keep it open until they end.</summary>
    public void Dispose()
    {
        if (!_target.IsValueCreated)
            return;
        if (Part is null)
            _target.Value.Dispose();
        else
            Part.Close(_target.Value.Dispose);
    }

    /// <summary>Deletes what there is of it. To be called when it is closed.</summary>
    public void Discard()
    {
        if (_target.IsValueCreated && _target.Value is PartialFile part)
            File.Delete(part.Path);
    }

    private IPieceTarget OpenTarget() =>
        UnnamedTempFile.TryCreate(Destination, Identity) as IPieceTarget ?? PartialFile.Open(Destination, Identity);
}
