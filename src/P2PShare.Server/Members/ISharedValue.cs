namespace P2PShare.Server.Members;

/// <summary>One value that the servers of a cluster read and change together.</summary>
internal interface ISharedValue
{
    /// <summary>Changes whenever the value does; 0 where there is none.</summary>
    /// <exception cref="IOException">The cluster does not answer.</exception>
    Task<ulong> ReadVersionAsync(CancellationToken cancellation);

    /// <summary>The newest value and its version; null and 0 where there is none.</summary>
    /// <inheritdoc cref="ReadVersionAsync"/>
    Task<(byte[]? Value, ulong Version)> ReadAsync(CancellationToken cancellation);

    /// <summary>Replaces the value of a version, if it is still the newest one.</summary>
    /// <param name="value">At most <see cref="SharedMembersMessage.MaxBytes"/>.</param>
    /// <param name="version">That of the value that was read.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False where there is a newer value.</returns>
    /// <exception cref="IOException">The cluster does not answer: whether the value was replaced is not known.</exception>
    Task<bool> TryWriteAsync(byte[] value, ulong version, CancellationToken cancellation);
}
