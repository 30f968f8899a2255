namespace P2PShare.Server.Registry.Collections;

/// <summary>Selects the field of a record that holds its <see cref="HashNode"/>.</summary>
internal interface IHashNodeOf<T>
    where T : struct
{
    static abstract ref HashNode In(ref T record);
}
