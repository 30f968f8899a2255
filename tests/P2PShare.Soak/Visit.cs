using System.Net;
using System.Net.Sockets;
using System.Text;

namespace P2PShare.Soak;

/// <summary>One connection, from its beginning to one of the ends that a connection can have.</summary>
internal static class Visit
{
    private const int PastedBytes = 1024 * 1024;
    private const int Ends = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What is said first. The commands are those of both sides, since a scanner does not know which it found.</summary>
    private static readonly byte[][] Openings =
    [
        [],
        .. new[]
        {
            "P", "PROTO_VERSION 1.0", "PROTO_VERSION 1.0\n", "PROTO_VERSION 9.9\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "PROTO_VERSION 1.0\nREGISTER visitor\n", "PROTO_VERSION 1.0\nREGISTER visitor\nANNOUNCE visited.bin 9001\n",
            "PROTO_VERSION 1.0\nREGISTER visitor\nANNOUNCE visited.bin 9001\nLIST_FILES\nREQUEST visited.bin\nQUIT\n",
            "PROTO_VERSION 1.0\nREGISTER visitor\nANNOUNCE ../../etc/passwd 9001\nREQUEST \u001b[31m\n", "PROTO_VERSION 1.0\nLIST_FILES\nPING\n",
            "REQUEST shelf 11 of 25000000.bin\n", "REQUEST no such file\n", "PROTO_VERSION 1.0\nGET 00 0 1048576\n",
        }.Select(Encoding.UTF8.GetBytes),
        [.. Enumerable.Repeat((byte)'a', PastedBytes)],
        [0xFF, 0xFE, 0x00, 0x0A, 0x0A, 0x0A, 0x80],
    ];

    /// <summary>Connects, says something, and ends it; whatever the other side does about it is its right, but it must not take long.</summary>
    /// <param name="to">Whom.</param>
    /// <param name="from">The address it comes from.</param>
    /// <param name="random">Decides.</param>
    /// <param name="cancellation">Ends it at once.</param>
    /// <returns>Whether there was a connection at all.</returns>
    /// <exception cref="TimeoutException">The other side neither answered nor closed.</exception>
    public static async Task<bool> PayAsync(IPEndPoint to, IPAddress from, Random random, CancellationToken cancellation)
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(to, deadline.Token);
            await socket.SendAsync(Openings[random.Next(Openings.Length)], deadline.Token);
            await EndAsync(socket, random.Next(Ends), deadline.Token);
            return true;
        }
        catch (SocketException)
        {
            // Refused, or closed before we had said it all.
            return socket.Connected;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{to} neither answered nor closed in {Patience.TotalSeconds} s.");
        }
    }

    private static async Task EndAsync(Socket socket, int end, CancellationToken cancellation)
    {
        switch (end)
        {
            case 0:
                break;
            case 1:
                // Without a word: a reset in place of an end.
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                break;
            case 2:
                // We have said it all, and listen to the end.
                socket.Shutdown(SocketShutdown.Send);
                await ReadToEndAsync(socket, cancellation);
                break;
            default:
                // Gone while the answer is on its way.
                await socket.ReceiveAsync(new byte[16], cancellation).AsTask().WaitAsync(TimeSpan.FromMilliseconds(5), cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                break;
        }
    }

    private static async Task ReadToEndAsync(Socket socket, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, cancellation) > 0)
        {
        }
    }
}
