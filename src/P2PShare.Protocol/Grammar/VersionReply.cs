using System.Buffers;

namespace P2PShare.Protocol.Grammar;

/// <summary>The answer to PROTO_VERSION: <c>VERSION_OK</c> and the names of features, or <c>VERSION_FAIL</c>.</summary>
public readonly record struct VersionReply(bool Accepted, Features Features)
{
    public static VersionReply Fail => new(false, Features.None);

    /// <summary>
    /// Any line but VERSION_FAIL is a yes, because plain servers word it differently; only one that begins with VERSION_OK can
    /// name features. Unknown features are passed over.
    /// </summary>
    public static VersionReply Parse(ReadOnlySpan<byte> line)
    {
        var features = Features.None;
        var isFirst = true;
        foreach (var range in line.Split((byte)' '))
        {
            var word = line[range];
            if (isFirst && word.SequenceEqual("VERSION_FAIL"u8))
                return Fail;
            if (isFirst && !word.SequenceEqual("VERSION_OK"u8))
                return new VersionReply(true, Features.None);
            isFirst = false;
            features |= FeatureNamed(word);
        }

        return new VersionReply(true, features);
    }

    // VERSION_OK SWARM SEARCH
    // VERSION_FAIL
    public void WriteTo(IBufferWriter<byte> output)
    {
        var line = Line.In(output).Word(Accepted ? "VERSION_OK"u8 : "VERSION_FAIL"u8);
        if (Features.HasFlag(Features.Swarm))
            line = line.Word("SWARM"u8);
        if (Features.HasFlag(Features.Search))
            line = line.Word("SEARCH"u8);
        line.End();
    }

    private static Features FeatureNamed(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("SWARM"u8))
            return Features.Swarm;
        return word.SequenceEqual("SEARCH"u8) ? Features.Search : Features.None;
    }
}
