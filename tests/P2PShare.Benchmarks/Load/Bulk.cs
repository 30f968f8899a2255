using System.Net.Sockets;

namespace P2PShare.Benchmarks.Load;

/// <summary>Many commands at once, when no time is measured: filling a server.</summary>
internal static class Bulk
{
    /// <summary>Sends, and takes replies until so many line ends have come.</summary>
    public static void Exchange(Socket socket, ReadOnlySpan<byte> commands, int lineEnds)
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
