namespace P2PShare.Server.Registry.Storage;

/// <summary>What stands in order: an entry, and beside it what it is ordered by, so that neither a search nor a list has to look for it.</summary>
/// <param name="Entry">0 where there is none.</param>
/// <param name="Name">In the <see cref="NameStore"/>.</param>
internal readonly record struct SortedItem(int Entry, int Name);
