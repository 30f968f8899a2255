using System.Text;
using System.Text.RegularExpressions;
using P2PShare.Protocol.Grammar;
using P2PShare.Testing;

namespace P2PShare.Protocol.Tests;

/// <summary>PROTOCOL.md and the code agree.</summary>
public sealed partial class SpecificationTests
{
    private static readonly string Text = Specification.Text;

    [Fact]
    public void Every_bound_of_section_7_1_equals_the_constant_of_that_name() =>
        Specification.ConstantsOf(typeof(Limits)).Should().BeEquivalentTo(Specification.BoundsIn("7.1"));

    [Fact]
    public void The_grammar_has_every_verb_and_every_feature()
    {
        var words = AbnfWord().Matches(Text).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (var verb in Enum.GetValues<Verb>().Where(verb => verb is not (Verb.Unknown or Verb.ProtoVersion)))
            words.Should().Contain(Encoding.ASCII.GetString(Verbs.WordOf(verb)));
        words.Should().Contain(
        [
            "PROTO_VERSION 1.0", "VERSION_OK", "VERSION_FAIL", "FOUND", "NOT_FOUND", "LIST_END", "LOCATE_END", "LIST_SHARES_END",
            "SEARCH_END", "LOCATE_PEERS_END", "WHOLE", "PART", "PEER", "WHOIS_END", "JOIN_OK", "JOIN_FAIL", "CERTIFICATE", "SERVER",
            "SERVERS_END", "ERROR", "PONG", "BUSY", "DATA", "NOT_SHARED", "CHANGED",
            "CHOKED", "HAVE", "HAVE_NONE", "UNCHOKED", "IDLE", "INTERESTED",
        ]);
        foreach (var feature in Enum.GetValues<Features>().Where(feature => feature != Features.None))
            Text.Should().Contain(feature.ToString().ToUpperInvariant());
    }

    [Fact]
    public void Every_command_of_the_recorded_conversations_is_known_or_answered_with_ERROR()
    {
        var lines = Text.Split('\n');
        var commands = 0;
        for (var i = 0; i < lines.Length - 1; i++)
        {
            if (!lines[i].StartsWith("C: ", StringComparison.Ordinal))
                continue;
            commands++;
            var isKnown = Verbs.Split(Encoding.UTF8.GetBytes(lines[i][3..]), out _) != Verb.Unknown;
            isKnown.Should().Be(!lines[i + 1].StartsWith("S: ERROR unknown", StringComparison.Ordinal), lines[i]);
        }

        commands.Should().BeGreaterThan(20);
    }

    [GeneratedRegex("%s\"([^\"]+)\"")]
    private static partial Regex AbnfWord();
}
