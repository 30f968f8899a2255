using System.Net;
using System.Net.Sockets;
using P2PShare.Testing;

namespace P2PShare.Benchmarks.Running;

/// <summary>Ports for rivals that cannot take any free one by themselves.</summary>
internal static class Ports
{
    /// <summary>A port that was free a moment ago. Another may take it first: then the rival says so, and the run is repeated by hand.</summary>
    public static int FindFree()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <summary>Waits until somebody listens there.</summary>
    public static Task WaitForAsync(int port) => Eventually.True(() => Answers(port), "somebody who listens there");

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
