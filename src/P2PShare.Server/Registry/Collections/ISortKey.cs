namespace P2PShare.Server.Registry.Collections;

/// <summary>A key in the order of a <see cref="SortedBlocks{T}"/>.</summary>
internal interface ISortKey<T>
{
    /// <summary>Negative where this key comes before the item's, 0 where they are equal, positive where it comes after.</summary>
    int CompareTo(T item);
}
