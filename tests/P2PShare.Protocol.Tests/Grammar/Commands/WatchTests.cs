using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;

namespace P2PShare.Protocol.Tests.Grammar.Commands;

/// <summary>WATCH: what its words mean, and which lines are refused.</summary>
public sealed class WatchTests
{
    private static readonly string Id = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    [Theory]
    [InlineData("0 IDLE -", 0, false, null)]
    [InlineData("0 INTERESTED -", 0, true, null)]
    [InlineData("12 INTERESTED 9001", 12, true, 9001)]
    [InlineData("4194304 IDLE 1", Limits.MaxPieces, false, 1)]
    public void Words_are_the_position_the_interest_and_the_port(string words, int position, bool isInterested, int? port)
    {
        TryParse($"{Id} {words}", out var watch).Should().BeTrue();

        watch.Id.ToString().Should().Be(Id);
        (watch.Position, watch.IsInterested, watch.Port).Should().Be((position, isInterested, port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{id}")]
    [InlineData("{id} 0")]
    [InlineData("{id} 0 IDLE")]
    [InlineData("{id} 0 IDLE ")]
    [InlineData("{id} 0 IDLE - ")]
    [InlineData("{id} 0 IDLE - 5")]
    [InlineData("{id} 0 IDLE 9001 9002")]
    [InlineData(" {id} 0 IDLE -")]
    [InlineData("{id}  0 IDLE -")]
    [InlineData("{id} 0  IDLE -")]
    [InlineData("{id} 0 IDLE  -")]
    [InlineData("{id} 4194305 IDLE -")]
    [InlineData("{id} -1 IDLE -")]
    [InlineData("{id} +1 IDLE -")]
    [InlineData("{id} 99999999999999999999 IDLE -")]
    [InlineData("{id} x IDLE -")]
    [InlineData("{id} 0 idle -")]
    [InlineData("{id} 0 INTEREST -")]
    [InlineData("{id} 0 INTERESTEDX -")]
    [InlineData("{id} 0 IDLE 0")]
    [InlineData("{id} 0 IDLE 65536")]
    [InlineData("{id} 0 IDLE --")]
    [InlineData("{id} 0 IDLE -1")]
    [InlineData("x 0 IDLE -")]
    [InlineData("0{id} 0 IDLE -")]
    public void Malformed_arguments_are_refused(string arguments)
    {
        var bytes = Encoding.ASCII.GetBytes(arguments.Replace("{id}", Id, StringComparison.Ordinal));

        Watch.TryParse(bytes, out _, out var refusal).Should().BeFalse();
        refusal.Should().Be("not an id, a position, IDLE or INTERESTED, and a port or -");
    }

    [Fact]
    public void Id_is_read_in_upper_case_too() =>
        TryParse($"{Id.ToUpperInvariant()} 0 IDLE -", out _).Should().BeTrue();

    private static bool TryParse(string arguments, out Watch watch)
    {
        Verbs.Split(Encoding.ASCII.GetBytes("WATCH " + arguments), out var rest).Should().Be(Verb.Watch);
        return Watch.TryParse(rest, out watch, out _);
    }
}
