using System.Net.Sockets;

namespace P2PShare.Benchmarks.Load;

/// <summary>Reads the answer to LIST_FILES.</summary>
internal static class ListReader
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Requests the list and reads it.</summary>
    /// <param name="session">A session after its handshake.</param>
    /// <param name="saveTo">The file to save the list to; null to discard it.</param>
    /// <returns>Its length in bytes.</returns>
    public static long Receive(Socket session, string? saveTo = null)
    {
        using var file = saveTo is null ? null : File.Create(saveTo);
        session.Send("LIST_FILES\n"u8);
        var buffer = new byte[BufferBytes];
        var length = 0L;
        for (var kept = 0; ;)
        {
            // LIST_END may be split between two receives, so the last bytes are kept in front of the next ones.
            var count = session.Receive(buffer.AsSpan(kept));
            if (count == 0)
                throw new IOException("The connection was closed within the list.");
            file?.Write(buffer.AsSpan(kept, count));
            length += count;
            if (buffer.AsSpan(0, kept + count).EndsWith("\nLIST_END\n"u8))
                return length;
            var tail = Math.Min(kept + count, 16);
            buffer.AsSpan(kept + count - tail, tail).CopyTo(buffer);
            kept = tail;
        }
    }

    /// <summary>Reads this number of bytes.</summary>
    public static void Receive(Socket socket, long bytes)
    {
        var buffer = new byte[BufferBytes];
        while (bytes > 0)
        {
            var count = socket.Receive(buffer);
            bytes -= count > 0 ? count : throw new IOException("The connection was closed too early.");
        }
    }
}
