namespace P2PShare.Soak;

/// <summary>Somebody who comes, does something for a while, and goes.</summary>
internal interface ILife
{
    /// <summary>Ends by itself, within a minute or so.</summary>
    Task LiveAsync(Random random, CancellationToken cancellation);
}
