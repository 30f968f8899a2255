namespace P2PShare.Server.Registry.Collections;

/// <summary>Selects the field of a record that links it in one kind of ring.</summary>
internal interface IRingLinkOf<T>
    where T : struct
{
    static abstract ref RingLink In(ref T record);
}
