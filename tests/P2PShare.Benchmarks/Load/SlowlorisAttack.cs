using System.Net;
using System.Net.Sockets;

namespace P2PShare.Benchmarks.Load;

/// <summary>
/// A slowloris attack from one address, until it is disposed: connections that send a byte per second, and some that do not read.
/// </summary>
internal sealed class SlowlorisAttack : IDisposable
{
    public const int SlowConnections = 1_000;
    public const int NonReadingConnections = 100;

    private static readonly IPAddress From = new([127, 0, 0, 2]);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly IPEndPoint _server;
    private readonly Socket[] _slow = new Socket[SlowConnections];
    private readonly Socket[] _nonReading = new Socket[NonReadingConnections];
    private readonly Thread _sender;
    private volatile bool _isOver;

    public SlowlorisAttack(int port)
    {
        _server = new IPEndPoint(IPAddress.Loopback, port);
        for (var number = 0; number < SlowConnections; number++)
            _slow[number] = LineLoad.Connect(_server, Dataset.Greeting, From);
        for (var number = 0; number < NonReadingConnections; number++)
        {
            _nonReading[number] = LineLoad.Connect(_server, Dataset.Greeting, From);
            _nonReading[number].Send("LIST_FILES\n"u8);
        }

        _sender = new Thread(SendSlowly);
        _sender.Start();
    }

    public void Dispose()
    {
        _isOver = true;
        _sender.Join();
        foreach (var socket in _slow.Concat(_nonReading))
            socket.Dispose();
    }

    // A byte on one connection each millisecond: a byte per second on each. A connection that the server has closed is reopened.
    private void SendSlowly()
    {
        for (var next = 0; !_isOver; next = (next + 1) % SlowConnections)
        {
            try
            {
                _slow[next].Send("a"u8);
            }
            catch (SocketException)
            {
                _slow[next].Dispose();
                _slow[next] = LineLoad.Connect(_server, Dataset.Greeting, From);
            }

            Thread.Sleep(Pause);
        }
    }
}
