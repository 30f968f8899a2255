using System.Net;
using System.Net.Sockets;
using P2PShare.Testing;

namespace P2PShare.Benchmarks.Running;

/// <summary>Ports for rivals that cannot choose a free port themselves.</summary>
internal static class Ports
{
    /// <summary>
    /// A port that was free a moment ago. If another process takes it first, the rival fails, and the run must be repeated.
    /// </summary>
    public static int FindFree()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <summary>Waits until a process listens on the port.</summary>
    public static Task WaitForAsync(int port) => Eventually.True(() => Answers(port), "a process that listens on the port");

    private static bool Answers(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
