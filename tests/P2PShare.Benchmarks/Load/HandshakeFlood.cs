using System.Net;
using System.Net.Sockets;

namespace P2PShare.Benchmarks.Load;

/// <summary>
/// Connections from one address, until it is disposed, that send half a ClientHello and wait, and some that send random bytes in its
/// place. Each is looked at in turn, one each millisecond, and opened again where the server has closed it.
/// </summary>
internal sealed class HandshakeFlood : IDisposable
{
    public const int HalfOpen = 1_000;
    public const int Garbage = 100;

    // A record of TLS: type, version, and a length of 512 bytes, of which half will come.
    private const int BytesSent = 256;
    private static readonly byte[] RecordStart = [0x16, 0x03, 0x01, 0x02, 0x00];
    private static readonly IPAddress From = new([127, 0, 0, 2]);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly IPEndPoint _server;
    private readonly Socket[] _sockets = new Socket[HalfOpen + Garbage];
    private readonly Random _random = new(7);
    private readonly Thread _opener;
    private volatile bool _isOver;

    public HandshakeFlood(int port)
    {
        _server = new IPEndPoint(IPAddress.Loopback, port);
        for (var number = 0; number < _sockets.Length; number++)
            _sockets[number] = Open(number);
        _opener = new Thread(OpenAgain);
        _opener.Start();
    }

    public void Dispose()
    {
        _isOver = true;
        _opener.Join();
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    private Socket Open(int number)
    {
        var bytes = new byte[BytesSent];
        if (number < HalfOpen)
            bytes[RecordStart.Length] = 1; // a ClientHello
        else
            _random.NextBytes(bytes);
        RecordStart.CopyTo(bytes, 0);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(From, 0));
        socket.Connect(_server);
        socket.Send(number < HalfOpen ? bytes : [.. bytes, .. bytes, .. bytes]);
        return socket;
    }

    private void OpenAgain()
    {
        for (var next = 0; !_isOver; next = (next + 1) % _sockets.Length)
        {
            if (_sockets[next].Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                _sockets[next].Dispose();
                _sockets[next] = Open(next);
            }

            Thread.Sleep(Pause);
        }
    }
}
