namespace P2PShare.Server.Registry.Tables;

/// <summary>A place in the order of a <see cref="SortedBlocks"/>.</summary>
internal interface ISortKey
{
    /// <summary>Negative where this place comes before the item, 0 where the item stands at it, positive where it comes after.</summary>
    int CompareTo(SortedEntry item);
}
