using System.Net;
using System.Net.Sockets;
using System.Text;

namespace P2PShare.Benchmarks.Load;

/// <summary>Asks a server for one name of nearly every page of a dataset.</summary>
internal sealed class NameProbe : IDisposable
{
    // Pages hold 64 entries; a stride that is no multiple of it meets each of them.
    private const int Stride = 61;
    private const int BatchLines = 500;

    private readonly Socket _socket;
    private readonly int _names;
    private readonly byte[] _buffer = new byte[64 * 1024];

    public NameProbe(int port, int names)
    {
        _socket = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), Dataset.Greeting);
        _names = names;
    }

    /// <summary>How many of the names are not found.</summary>
    public int CountMissing()
    {
        var missing = 0;
        for (var first = 0; first < _names; first += Stride * BatchLines)
        {
            var text = new StringBuilder();
            var lines = 0;
            for (var number = first; number < _names && lines < BatchLines; number += Stride, lines++)
                text.Append("REQUEST ").Append(Dataset.NameOf(number)).Append('\n');
            _socket.Send(Encoding.ASCII.GetBytes(text.ToString()));
            missing += CountMissing(lines);
        }

        return missing;
    }

    /// <summary>Whether one name is found.</summary>
    public bool Finds(string name)
    {
        _socket.Send(Encoding.ASCII.GetBytes($"REQUEST {name}\n"));
        return CountMissing(1) == 0;
    }

    public void Dispose() => _socket.Dispose();

    // NOT_FOUND, or FOUND and an address. No other line has an N at its beginning.
    private int CountMissing(int lines)
    {
        var (missing, isAtStart) = (0, true);
        while (lines > 0)
        {
            var received = _buffer.AsSpan(0, _socket.Receive(_buffer));
            if (received.IsEmpty)
                throw new IOException("The server has closed the connection.");
            foreach (var one in received)
            {
                if (isAtStart && one == (byte)'N')
                    missing++;
                isAtStart = one == (byte)'\n';
                if (isAtStart)
                    lines--;
            }
        }

        return missing;
    }
}
