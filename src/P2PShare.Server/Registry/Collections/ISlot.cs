namespace P2PShare.Server.Registry.Collections;

/// <summary>A record of a <see cref="Slab{T}"/>.</summary>
internal interface ISlot
{
    /// <summary>The next free slot. Used only while this slot is free, so it may share its memory with a field of the record.</summary>
    int NextFree { get; set; }
}
