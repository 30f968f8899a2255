using System.Buffers;
using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Protocol.Tests.Grammar.Replies;

/// <summary>HAVE, HAVE_NONE, UNCHOKED and CHOKED: parsed, written again, and refused where malformed.</summary>
public sealed class PieceReplyTests
{
    private const PeerReplyKind Have = PeerReplyKind.Have;
    private const PeerReplyKind Unchoked = PeerReplyKind.Unchoked;

    [Theory]
    [InlineData("HAVE 0", Have, 0, "")]
    [InlineData("HAVE 4194304", Have, Limits.MaxPieces, "")]
    [InlineData("HAVE 1 0", Have, 1, "0-0")]
    [InlineData("HAVE 12 0-7 9 63 4194302-4194303", Have, 12, "0-7 9-9 63-63 4194302-4194303")]
    [InlineData("HAVE 4194304 0-4194303", Have, Limits.MaxPieces, "0-4194303")]
    [InlineData("HAVE 3 5 2 1", Have, 3, "5-5 2-2 1-1")]
    [InlineData("UNCHOKED 1", Unchoked, 1, "")]
    [InlineData("UNCHOKED 8 17 3-4", Unchoked, 8, "17-17 3-4")]
    public void Reply_with_ranges_is_parsed_in_their_order_and_written_back(string line, PeerReplyKind kind, int number, string ranges)
    {
        TryParse(line, out var reply).Should().BeTrue();

        (reply.Kind, reply.Number, reply.AnswersWatch).Should().Be((kind, number, true));
        var parsed = RangesOf(reply);
        string.Join(' ', parsed.Select(range => $"{range.First}-{range.Last}")).Should().Be(ranges);
        reply.Pieces.IsEmpty.Should().Be(ranges.Length == 0);
        Written(output => Write(output, kind, number, parsed)).Should().Be(line + "\n");
    }

    [Theory]
    [InlineData("CHOKED", PeerReplyKind.Choked, false)]
    [InlineData("HAVE_NONE", PeerReplyKind.HaveNone, true)]
    public void Reply_without_words_is_parsed_and_written_back(string line, PeerReplyKind kind, bool answersWatch)
    {
        TryParse(line, out var reply).Should().BeTrue();

        reply.Should().Be(new PeerReply(kind, 0));
        reply.AnswersWatch.Should().Be(answersWatch);
        Written(reply.WriteTo).Should().Be(line + "\n");
    }

    [Theory]
    [InlineData("HAVE")]
    [InlineData("HAVE ")]
    [InlineData("HAVE x")]
    [InlineData("HAVE -1")]
    [InlineData("HAVE 4194305")]
    [InlineData("HAVE 99999999999999999999")]
    [InlineData("have 0")]
    [InlineData(" HAVE 0")]
    [InlineData("HAVE_NONE ")]
    [InlineData("HAVE_NONE 0")]
    [InlineData("HAVE_SOME")]
    [InlineData("CHOKED ")]
    [InlineData("CHOKED 1")]
    [InlineData("choked")]
    [InlineData("UNCHOKED")]
    [InlineData("UNCHOKED ")]
    [InlineData("UNCHOKED 0")]
    [InlineData("UNCHOKED 0 5")]
    [InlineData("UNCHOKED 4194305")]
    [InlineData("UNCHOKED x")]
    public void Malformed_verb_or_number_is_refused(string line) => TryParse(line, out _).Should().BeFalse();

    [Theory]
    [InlineData(" 5-5")]
    [InlineData(" 5-3")]
    [InlineData(" 5-")]
    [InlineData(" -5")]
    [InlineData(" -")]
    [InlineData(" 5--6")]
    [InlineData(" 5-6-7")]
    [InlineData(" +5")]
    [InlineData(" 5,6")]
    [InlineData(" x")]
    [InlineData(" 4194304")]
    [InlineData(" 4194303-4194304")]
    [InlineData(" 0-99999999999999999999")]
    [InlineData(" ")]
    [InlineData("  5")]
    [InlineData(" 5 ")]
    [InlineData(" 5  6")]
    [InlineData(" 5 6-5")]
    public void Malformed_range_or_separator_is_refused(string ranges)
    {
        TryParse("HAVE 9" + ranges, out _).Should().BeFalse();
        TryParse("UNCHOKED 9" + ranges, out _).Should().BeFalse();
    }

    [Fact]
    public void More_than_240_ranges_are_refused_and_not_written()
    {
        var ranges = Enumerable.Range(0, Limits.MaxPieceRanges + 1).Select(n => new PieceRange(2 * n, 2 * n)).ToArray();
        var words = string.Concat(ranges.Select(range => $" {range.First}"));

        TryParse("HAVE 241" + words, out _).Should().BeFalse();
        TryParse("HAVE 240" + words[..words.LastIndexOf(' ')], out var reply).Should().BeTrue();
        RangesOf(reply).Should().Equal(ranges[..Limits.MaxPieceRanges]);
        FluentActions.Invoking(() => Written(output => PeerReply.WriteHave(output, 241, ranges)))
            .Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void HAVE_of_240_of_the_longest_ranges_fits_a_line()
    {
        var longest = Enumerable.Repeat(new PieceRange(Limits.MaxPieces - 2, Limits.MaxPieces - 1), Limits.MaxPieceRanges).ToArray();

        var line = Written(output => PeerReply.WriteHave(output, Limits.MaxPieces, longest)).TrimEnd('\n');

        line.Length.Should().BeLessThanOrEqualTo(Limits.MaxLineBytes);
        TryParse(line, out var reply).Should().BeTrue();
        RangesOf(reply).Should().Equal(longest);
    }

    [Theory]
    [InlineData("HAVE 12 0-7 9 63 4194302-4194303")]
    [InlineData("UNCHOKED 8 17 3-4")]
    [InlineData("HAVE_NONE")]
    [InlineData("CHOKED")]
    public void Line_cut_at_any_byte_is_refused_or_parsed_as_another_reply(string line)
    {
        for (var length = 0; length < line.Length; length++)
        {
            if (TryParse(line[..length], out var reply))
                Written(output => Write(output, reply.Kind, reply.Number, RangesOf(reply))).Should().Be(line[..length] + "\n");
        }
    }

    [Fact]
    public void Range_counts_its_first_and_its_last_piece()
    {
        new PieceRange(5, 5).Count.Should().Be(1);
        new PieceRange(0, Limits.MaxPieces - 1).Count.Should().Be(Limits.MaxPieces);
    }

    private static bool TryParse(string line, out PeerReply reply) => PeerReply.TryParse(Encoding.ASCII.GetBytes(line), out reply);

    private static List<PieceRange> RangesOf(PeerReply reply)
    {
        var ranges = new List<PieceRange>();
        foreach (var range in reply.Pieces)
            ranges.Add(range);
        return ranges;
    }

    private static void Write(IBufferWriter<byte> output, PeerReplyKind kind, int number, List<PieceRange> ranges)
    {
        if (kind == Have)
            PeerReply.WriteHave(output, number, [.. ranges]);
        else if (kind == Unchoked)
            PeerReply.WriteUnchoked(output, number, [.. ranges]);
        else
            new PeerReply(kind, number).WriteTo(output);
    }

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
