namespace P2PShare.Server.Registry;

/// <summary>How much a registry holds.</summary>
/// <param name="Files">Entries: a file of two owners is two.</param>
/// <param name="Parts">Parts of contents.</param>
/// <param name="Owners">Sessions that have entries.</param>
internal readonly record struct RegistryCounts(int Files, int Parts, int Owners)
{
    /// <summary>Those entries that are of this server's own sessions.</summary>
    public int OwnFiles { get; init; }

    /// <summary>Those parts that are of this server's own sessions.</summary>
    public int OwnParts { get; init; }
}
