using System.Net.Sockets;

namespace P2PShare.Benchmarks.Load;

/// <summary>Pipelined commands without a measurement, to fill a server.</summary>
internal static class LineExchange
{
    /// <summary>Sends the commands, and reads replies up to this number of line ends.</summary>
    public static void Run(Socket socket, ReadOnlySpan<byte> commands, int lineEnds)
    {
        while (commands.Length > 0)
            commands = commands[socket.Send(commands)..];
        Span<byte> buffer = stackalloc byte[16 * 1024];
        while (lineEnds > 0)
        {
            var count = socket.Receive(buffer);
            if (count == 0)
                throw new IOException("The connection was closed.");
            lineEnds -= buffer[..count].Count((byte)'\n');
        }
    }
}
