namespace P2PShare.Server.Registry;

/// <summary>The reasons that clients are told.</summary>
internal static class PutRefusals
{
    /// <summary>Null where it was stored.</summary>
    public static string? Refusal(this PutResult result) => result switch
    {
        PutResult.RegistryFull => "the server is full",
        PutResult.OwnerFull => "too many files of one client",
        _ => null,
    };
}
