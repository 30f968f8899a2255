namespace P2PShare.Server.Registry.Collections;

/// <summary>What a <see cref="Slab{T}"/> keeps.</summary>
internal interface ISlot
{
    /// <summary>Used only while the slot is empty; may share its memory with something that is used only while it is not.</summary>
    int NextFree { get; set; }
}
