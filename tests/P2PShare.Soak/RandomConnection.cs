using System.Net;
using System.Net.Sockets;
using System.Text;

namespace P2PShare.Soak;

/// <summary>One connection that sends random input and ends in a random way.</summary>
internal static class RandomConnection
{
    private const int LargeInputBytes = 1024 * 1024;
    private const int EndKinds = 4;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The input of a connection. It has commands for a server and for a peer, because a scanner does not know which one it found.
    /// </summary>
    private static readonly byte[][] Openings =
    [
        [],
        .. new[]
        {
            "P", "PROTO_VERSION 1.0", "PROTO_VERSION 1.0\n", "PROTO_VERSION 9.9\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "PROTO_VERSION 1.0\nREGISTER scanner\n", "PROTO_VERSION 1.0\nREGISTER scanner\nANNOUNCE scanned.bin 9001\n",
            "PROTO_VERSION 1.0\nREGISTER scanner\nANNOUNCE scanned.bin 9001\nLIST_FILES\nREQUEST scanned.bin\nQUIT\n",
            "PROTO_VERSION 1.0\nREGISTER scanner\nANNOUNCE ../../etc/passwd 9001\nREQUEST \u001b[31m\n",
            "PROTO_VERSION 1.0\nLIST_FILES\nPING\n",
            "REQUEST file 11 of 25000000.bin\n", "REQUEST no such file\n", "PROTO_VERSION 1.0\nGET 00 0 1048576\n",
        }.Select(Encoding.UTF8.GetBytes),
        [.. Enumerable.Repeat((byte)'a', LargeInputBytes)],
        [0xFF, 0xFE, 0x00, 0x0A, 0x0A, 0x0A, 0x80],
    ];

    /// <summary>Connects, sends input, and ends the connection. The other side may react in any way, but within 20 s.</summary>
    /// <param name="to">The address to connect to.</param>
    /// <param name="from">The local address.</param>
    /// <param name="random">Chooses input and end.</param>
    /// <param name="cancellation">Aborts the connection.</param>
    /// <returns>Whether the connection was established.</returns>
    /// <exception cref="TimeoutException">The other side neither answered nor closed.</exception>
    public static async Task<bool> RunAsync(IPEndPoint to, IPAddress from, Random random, CancellationToken cancellation)
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Timeout);
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(to, deadline.Token);
            await socket.SendAsync(Openings[random.Next(Openings.Length)], deadline.Token);
            await EndAsync(socket, random.Next(EndKinds), deadline.Token);
            return true;
        }
        catch (SocketException)
        {
            // Refused, or closed before all input was sent.
            return socket.Connected;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{to} neither answered nor closed in {Timeout.TotalSeconds} s.");
        }
    }

    private static async Task EndAsync(Socket socket, int end, CancellationToken cancellation)
    {
        switch (end)
        {
            case 0:
                break;
            case 1:
                // A reset instead of an orderly close.
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                break;
            case 2:
                // A half-close, after which all answers are read.
                socket.Shutdown(SocketShutdown.Send);
                await ReadToEndAsync(socket, cancellation);
                break;
            default:
                // A reset while the answer is in transit.
                var receiving = socket.ReceiveAsync(new byte[16], cancellation).AsTask().WaitAsync(
                    TimeSpan.FromMilliseconds(5), cancellation);
                await receiving.ContinueWith(_ => { }, TaskScheduler.Default);
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
