using System.Net;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Peers;

/// <summary>
/// Connects to peers: in TLS, to the key that the server names, or in clear text where it names none. Who sits on the way, or answers
/// at that address now, has another key.
/// </summary>
/// <param name="dial">Makes connections in clear text.</param>
/// <param name="tls">Does the handshakes.</param>
/// <param name="keysOf">
/// Asks the server for the keys of those who serve at an address: null where it cannot tell, none where nobody serves there, and a null
/// key for a peer in clear text.
/// </param>
/// <param name="time">The clock of what is remembered.</param>
internal sealed class OwnerDialer(
    Dial dial,
    TlsDialer tls,
    Func<PeerAddress, CancellationToken, Task<IReadOnlyList<KeyFingerprint?>?>> keysOf,
    TimeProvider time)
{
    // Several connections go to an owner within seconds; a client that starts again at the same address has its key still. What is older
    // is used where the server is away.
    private static readonly TimeSpan FreshTime = TimeSpan.FromSeconds(30);
    private const int MaxRemembered = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<PeerAddress, Remembered> _remembered = [];

    /// <summary>A <see cref="Dial"/>.</summary>
    /// <exception cref="WrongKeyException">Somebody else answers there.</exception>
    /// <exception cref="TlsException">Who answers there does not speak TLS.</exception>
    /// <exception cref="IOException">The server cannot be asked, or knows nobody there.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nothing listens there.</exception>
    public async Task<Connection> ConnectAsync(EndPoint to, CancellationToken cancellation)
    {
        var end = (IPEndPoint)to;
        var address = PeerAddress.Create(end.Address, end.Port);
        var (keys, isFresh) = await KeysOfAsync(address, cancellation);
        try
        {
            return await ConnectAsync(end, keys, cancellation);
        }
        catch (IOException e) when (!isFresh && (e is WrongKeyException or TlsException))
        {
            Forget(address);
            (keys, _) = await KeysOfAsync(address, cancellation);
            return await ConnectAsync(end, keys, cancellation);
        }
    }

    private async Task<Connection> ConnectAsync(
        IPEndPoint to, IReadOnlyList<KeyFingerprint?>? keys, CancellationToken cancellation)
    {
        if (keys is { Count: 0 })
            throw new IOException("the server knows nobody at that address any more");

        // One in clear text among others must not make them all less safe.
        var expected = keys?.OfType<KeyFingerprint>().ToArray() ?? [];
        if (expected.Length == 0 && tls.RefusesClearText)
            throw new IOException("the server names no key for that address, and members only talk to each other encrypted");
        var connection = await dial(to, cancellation);
        return expected.Length == 0 ? connection : await tls.SecureAsync(connection, expected.Contains, cancellation);
    }

    private async Task<(IReadOnlyList<KeyFingerprint?>? Keys, bool IsFresh)> KeysOfAsync(
        PeerAddress address, CancellationToken cancellation)
    {
        Remembered? known = null;
        lock (_lock)
        {
            if (_remembered.TryGetValue(address, out var found))
                known = found;
        }

        if (known is { } fresh && time.GetElapsedTime(fresh.At) < FreshTime)
            return (fresh.Keys, false);
        IReadOnlyList<KeyFingerprint?>? keys;
        try
        {
            keys = await keysOf(address, cancellation);
        }
        catch (IOException) when (known is not null)
        {
            return (known.Value.Keys, true);
        }

        lock (_lock)
        {
            if (_remembered.Count >= MaxRemembered)
                _remembered.Clear();
            if (keys is { Count: > 0 })
                _remembered[address] = new Remembered(keys, time.GetTimestamp());
        }

        return (keys, true);
    }

    private void Forget(PeerAddress address)
    {
        lock (_lock)
            _remembered.Remove(address);
    }

    private readonly record struct Remembered(IReadOnlyList<KeyFingerprint?> Keys, long At);
}
