using System.Buffers;
using P2PShare.Protocol.Text;

namespace P2PShare.Protocol.Grammar;

/// <summary>
/// The answer to PROTO_VERSION: <c>VERSION_OK</c> and the names of features, <c>VERSION_FAIL</c>, or <c>BUSY seconds</c> from a
/// server that takes nobody more for so long.
/// </summary>
/// <param name="Accepted">The conversation may go on.</param>
/// <param name="Features">What the other side named.</param>
/// <param name="BusySeconds">0 where it is not busy; else 1..300.</param>
public readonly record struct VersionReply(bool Accepted, Features Features, int BusySeconds = 0)
{
    public static VersionReply Fail => new(false, Features.None);

    public static VersionReply Busy(int seconds) => new(false, Features.None, seconds);

    /// <summary>
    /// Any line but VERSION_FAIL and BUSY is a yes, because plain servers word it differently; only one that begins with VERSION_OK
    /// can name features. Unknown features are passed over.
    /// </summary>
    public static VersionReply Parse(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        var first = space < 0 ? line : line[..space];
        var rest = space < 0 ? default : line[(space + 1)..];
        if (first.SequenceEqual("VERSION_FAIL"u8))
            return Fail;
        if (first.SequenceEqual("BUSY"u8) && DecimalDigits.TryParse(rest, int.MaxValue, out var seconds))
            return Busy(Math.Clamp(seconds, 1, Limits.MaxBusySeconds));
        return new VersionReply(true, first.SequenceEqual("VERSION_OK"u8) ? FeaturesNamed(rest) : Features.None);
    }

    // VERSION_OK SWARM SEARCH PING RESUME
    // VERSION_FAIL
    // BUSY 30
    public void WriteTo(IBufferWriter<byte> output)
    {
        var line = Line.In(output);
        if (BusySeconds > 0)
            line = line.Word("BUSY"u8).Word(BusySeconds);
        else
            line = line.Word(Accepted ? "VERSION_OK"u8 : "VERSION_FAIL"u8);
        for (var feature = Features.Swarm; feature <= Features.Resume; feature = (Features)((int)feature * 2))
        {
            if (Features.HasFlag(feature))
                line = line.Word(WordOf(feature));
        }

        line.End();
    }

    private static ReadOnlySpan<byte> WordOf(Features feature) => feature switch
    {
        Features.Swarm => "SWARM"u8,
        Features.Search => "SEARCH"u8,
        Features.Ping => "PING"u8,
        Features.Resume => "RESUME"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(feature)),
    };

    private static Features FeaturesNamed(ReadOnlySpan<byte> words)
    {
        var features = Features.None;
        foreach (var range in words.Split((byte)' '))
        {
            for (var feature = Features.Swarm; feature <= Features.Resume; feature = (Features)((int)feature * 2))
                features |= words[range].SequenceEqual(WordOf(feature)) ? feature : Features.None;
        }

        return features;
    }
}
