using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>One file of a download: what it is, where it goes, and, from its first piece on, what of it is there.</summary>
internal sealed class DownloadFile : IDisposable
{
    private readonly Lazy<IPieceTarget> _target;

    /// <param name="name">Its name on the network.</param>
    /// <param name="identity">Its content.</param>
    /// <param name="goal">The full path it is wanted under.</param>
    /// <param name="open">Makes the target when the first piece is there; null for a file without a name, or a partial one beside the goal.</param>
    public DownloadFile(FileName name, FileIdentity identity, string goal, Func<IPieceTarget>? open = null)
    {
        (Name, Identity, Goal) = (name, identity, goal);
        _target = new Lazy<IPieceTarget>(open ?? (() => UnnamedTempFile.TryCreate(goal, identity) as IPieceTarget ?? PartialFile.Open(goal, identity)));
    }

    public FileName Name { get; }

    public FileIdentity Identity { get; }

    public string Goal { get; }

    /// <summary>Null until an owner's layer was found right, or a file of one piece needed none.</summary>
    public PieceLayer? Layer { get; set; }

    /// <summary>Where it stands, once it is finished.</summary>
    public string? FinishedPath { get; private set; }

    /// <summary>Made at the first call.</summary>
    /// <exception cref="IOException">It cannot be made; the message is fit for the user.</exception>
    public IPieceTarget Target => _target.Value;

    /// <summary>Gives the file, which is whole and durable, its name. It stays open.</summary>
    public void Finish() => FinishedPath = Target.Finish(FinalName.Candidates(Goal));

    /// <summary>Closes the target and keeps what is in it.</summary>
    public void Dispose()
    {
        if (_target.IsValueCreated)
            _target.Value.Dispose();
    }
}
