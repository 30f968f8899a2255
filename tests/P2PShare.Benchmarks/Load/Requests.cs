using System.Text;

namespace P2PShare.Benchmarks.Load;

/// <summary>Requests of equal length, one after the other, ready to send.</summary>
/// <param name="Bytes">All of them.</param>
/// <param name="Length">Of each, in bytes.</param>
/// <param name="LineEndsPerReply">How many LF the reply to each holds.</param>
internal sealed record Requests(byte[] Bytes, int Length, int LineEndsPerReply)
{
    /// <summary>So many that no cache of a processor holds what they ask for.</summary>
    public const int Count = 1 << 18;

    /// <summary>In an order that no cache can guess, the same each time.</summary>
    /// <param name="names">How many names there are to choose among.</param>
    /// <param name="form">A request for the file of that number; of equal length for all.</param>
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
