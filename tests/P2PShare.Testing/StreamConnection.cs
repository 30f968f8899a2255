using System.Net;
using P2PShare.Networking;
using P2PShare.Protocol.Identity;

namespace P2PShare.Testing;

/// <summary>A connection over any stream, without a socket. Everything else is as in the portable defaults.</summary>
/// <remarks>A byte that was peeked at is read again by a <see cref="PeekableStream"/>.</remarks>
/// <param name="stream">Bytes both ways.</param>
/// <param name="remote">The address that the code under test sees.</param>
/// <param name="abort">Breaks the connection for both sides.</param>
/// <param name="closeSending">Half-closes it; by default nothing happens.</param>
/// <param name="remoteKey">What a handshake would have proved.</param>
public sealed class StreamConnection(
    Stream stream, IPEndPoint remote, Action abort, Action? closeSending = null, KeyFingerprint? remoteKey = null) : Connection
{
    private readonly PeekableStream _stream = new(stream);

    public override Stream Stream => _stream;

    public override ValueTask<int> PeekByteAsync(CancellationToken cancellation) => _stream.PeekByteAsync(cancellation);

    public override IPEndPoint Remote => remote;

    public override KeyFingerprint? RemoteKey => remoteKey;

    public override void Abort() => abort();

    public override void CloseSending() => closeSending?.Invoke();
}
