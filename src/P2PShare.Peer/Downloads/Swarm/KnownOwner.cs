using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>What <see cref="OwnerRoster"/> knows of one owner.</summary>
/// <param name="number">Its number in the scheduler.</param>
internal sealed class KnownOwner(int number)
{
    public int Number { get; } = number;

    /// <summary>
    /// The contents that it has, each whole or not, and not the files: a server may list one content under as many names as it has
    /// owners, and a set of files for each owner would take quadratic memory.
    /// </summary>
    public Dictionary<FileId, bool> Contents { get; } = [];

    public OwnerWorker? Worker { get; set; }

    public Task Work { get; set; } = Task.CompletedTask;

    public int FailuresInRow { get; set; }

    public long FailedAt { get; set; }

    public bool IsRejected { get; set; }

    /// <summary>It was let go, and what was requested of it is still counted as such.</summary>
    public bool IsLetGo { get; set; }
}
