using System.Net.Sockets;

namespace P2PShare.Benchmarks.Load;

/// <summary>LIST_FILES as its reader sees it: bytes that end with LIST_END.</summary>
internal static class Lists
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Asks for the list and takes it.</summary>
    /// <param name="session">Greeted.</param>
    /// <param name="saveTo">Where the list goes; nowhere if null.</param>
    /// <returns>Its length in bytes.</returns>
    public static long Receive(Socket session, string? saveTo = null)
    {
        using var file = saveTo is null ? null : File.Create(saveTo);
        session.Send("LIST_FILES\n"u8);
        var buffer = new byte[BufferBytes];
        var length = 0L;
        for (var kept = 0; ;)
        {
            // The end may come in two: what could be its beginning is kept before what comes next.
            var count = session.Receive(buffer.AsSpan(kept));
            if (count == 0)
                throw new IOException("The list broke off.");
            file?.Write(buffer.AsSpan(kept, count));
            length += count;
            if (buffer.AsSpan(0, kept + count).EndsWith("\nLIST_END\n"u8))
                return length;
            var tail = Math.Min(kept + count, 16);
            buffer.AsSpan(kept + count - tail, tail).CopyTo(buffer);
            kept = tail;
        }
    }

    /// <summary>Takes so many bytes.</summary>
    public static void Receive(Socket socket, long bytes)
    {
        var buffer = new byte[BufferBytes];
        while (bytes > 0)
        {
            var count = socket.Receive(buffer);
            bytes -= count > 0 ? count : throw new IOException("The bytes broke off.");
        }
    }
}
