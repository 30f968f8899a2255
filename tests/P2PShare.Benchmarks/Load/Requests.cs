using System.Text;

namespace P2PShare.Benchmarks.Load;

/// <summary>Prepared requests of equal length.</summary>
/// <param name="Bytes">All requests.</param>
/// <param name="Length">Bytes of each request.</param>
/// <param name="LineEndsPerReply">How many LF the reply to each holds.</param>
internal sealed record Requests(byte[] Bytes, int Length, int LineEndsPerReply)
{
    /// <summary>The number of requests. It is so large that no processor cache holds all the entries that they ask for.</summary>
    public const int Count = 1 << 18;

    /// <summary>Makes requests in a random order, which is the same each time.</summary>
    /// <param name="names">The number of names to choose from.</param>
    /// <param name="form">Returns the request for the file with this number; all have equal length.</param>
    /// <param name="lineEndsPerReply">How many LF the reply to each holds.</param>
    public static Requests Of(int names, Func<int, string> form, int lineEndsPerReply)
    {
        var random = new Random(5);
        var length = Encoding.ASCII.GetByteCount(form(0));
        var bytes = new byte[Count * length];
        for (var index = 0; index < Count; index++)
            Encoding.ASCII.GetBytes(form(random.Next(names)), bytes.AsSpan(index * length, length));
        return new Requests(bytes, length, lineEndsPerReply);
    }
}
