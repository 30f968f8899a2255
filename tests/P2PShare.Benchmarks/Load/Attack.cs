using System.Net;
using System.Net.Sockets;

namespace P2PShare.Benchmarks.Load;

/// <summary>Connections from one address that hold a server as cheaply as they can, for as long as this lives.</summary>
internal sealed class Attack : IDisposable
{
    public const int Slow = 1_000;
    public const int Deaf = 100;

    private static readonly IPAddress From = new([127, 0, 0, 2]);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly IPEndPoint _server;
    private readonly Socket[] _slow = new Socket[Slow];
    private readonly Socket[] _deaf = new Socket[Deaf];
    private readonly Thread _dripping;
    private volatile bool _isOver;

    public Attack(int port)
    {
        _server = new IPEndPoint(IPAddress.Loopback, port);
        for (var number = 0; number < Slow; number++)
            _slow[number] = LineLoad.Connect(_server, Library.Greeting, From);
        for (var number = 0; number < Deaf; number++)
        {
            _deaf[number] = LineLoad.Connect(_server, Library.Greeting, From);
            _deaf[number].Send("LIST_FILES\n"u8);
        }

        _dripping = new Thread(Drip);
        _dripping.Start();
    }

    public void Dispose()
    {
        _isOver = true;
        _dripping.Join();
        foreach (var socket in _slow.Concat(_deaf))
            socket.Dispose();
    }

    // One connection each millisecond, so that each gets a byte a second. One that the server has had enough of comes back.
    private void Drip()
    {
        for (var next = 0; !_isOver; next = (next + 1) % Slow)
        {
            try
            {
                _slow[next].Send("a"u8);
            }
            catch (SocketException)
            {
                _slow[next].Dispose();
                _slow[next] = LineLoad.Connect(_server, Library.Greeting, From);
            }

            Thread.Sleep(Pause);
        }
    }
}
