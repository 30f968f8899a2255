namespace P2PShare.Fuzz;

/// <summary>A side that reads what strangers send.</summary>
internal interface IFuzzTarget
{
    string Name { get; }

    /// <summary>Plays one case. Throws where something happened that must not: any exception, and what the target itself checks.</summary>
    Task PlayAsync(Mutator mutator);
}
