namespace P2PShare.Server.Registry.Pages;

/// <summary>How a registry with pages is bounded.</summary>
/// <param name="MaxFilesOfAll">Entries and parts of this server and all others together.</param>
/// <param name="MaxItems">Entries and parts of one page of this server.</param>
internal sealed record PageBounds(int MaxFilesOfAll, int MaxItems = RegistryPage.MaxItems);
