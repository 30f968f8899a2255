using System.Buffers;
using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Protocol.Tests.Grammar.Replies;

/// <summary>META_OK, META_NONE and the rows of FOLDERS: parsed, written again, and not understood where malformed.</summary>
public sealed class MetadataReplyTests
{
    [Theory]
    [InlineData("META_OK 0 -", 0L, false)]
    [InlineData("META_OK 1772366400123456700 x", 1772366400123456700L, true)]
    [InlineData("META_OK 4294967295999999999 -", Limits.MaxModifiedNanoseconds, false)]
    [InlineData("META_OK - x", null, true)]
    [InlineData("META_OK - -", null, false)]
    public void Metadata_is_parsed_and_written_back(string line, long? modified, bool isExecutable)
    {
        var reply = Parse(line);

        reply.AnswersMeta.Should().BeTrue();
        reply.AnswersWatch.Should().BeFalse();
        reply.Metadata.Should().Be(new FileMetadata(modified, isExecutable));
        Written(reply).Should().Be(line + "\n");
    }

    [Fact]
    public void META_NONE_tells_nothing_and_is_written_back()
    {
        Parse("META_NONE").Should().Be(new PeerReply(PeerReplyKind.Meta, 0));
        Written(Parse("META_NONE")).Should().Be("META_NONE\n");
    }

    // An owner that tells nonsense is still good for its pieces.
    [Theory]
    [InlineData("META_OK 4294967296000000000 -")]
    [InlineData("META_OK 9223372036854775807 x")]
    [InlineData("META_OK 99999999999999999999 x")]
    [InlineData("META_OK -1 x")]
    [InlineData("META_OK +1 x")]
    [InlineData("META_OK 1.5 x")]
    [InlineData("META_OK 2026-03-01 x")]
    [InlineData("META_OK  x")]
    [InlineData("META_OK 1  x")]
    [InlineData("META_OK 1 ")]
    [InlineData("META_OK 1")]
    [InlineData("META_OK ")]
    [InlineData("META_OK 1 X")]
    [InlineData("META_OK 1 xs")]
    [InlineData("META_OK 1 4755")]
    [InlineData("META_OK 1 x x")]
    public void Metadata_that_is_not_understood_is_read_as_none(string line)
    {
        var reply = Parse(line);

        reply.AnswersMeta.Should().BeTrue();
        reply.Metadata.Should().BeNull();
    }

    [Theory]
    [InlineData("META_OK")]
    [InlineData("META_NONE ")]
    [InlineData("META_NONE 1 x")]
    [InlineData("meta_ok 1 x")]
    [InlineData(" META_OK 1 x")]
    [InlineData("META_OKAY 1 x")]
    public void Another_line_is_no_answer(string line) => PeerReply.TryParse(Encoding.ASCII.GetBytes(line), out _).Should().BeFalse();

    [Theory]
    [InlineData("META_OK 1772366400123456700 x")]
    [InlineData("META_OK - -")]
    [InlineData("META_NONE")]
    public void Answer_cut_at_any_byte_is_refused_or_parsed_as_another_answer(string line)
    {
        for (var length = 0; length < line.Length; length++)
        {
            if (PeerReply.TryParse(Encoding.ASCII.GetBytes(line[..length]), out var reply))
                Written(reply).Should().NotBe(line + "\n");
        }
    }

    [Fact]
    public void Row_of_a_folder_is_parsed_and_written_back_and_keeps_its_own_bytes()
    {
        var bytes = Encoding.UTF8.GetBytes("FOLDER yaz tatili/boş");

        FolderRow.TryParse(bytes, out var row).Should().BeTrue();
        bytes.AsSpan().Clear();

        row.Name.ToString().Should().Be("yaz tatili/boş");
        var output = new ArrayBufferWriter<byte>();
        row.WriteTo(output);
        Encoding.UTF8.GetString(output.WrittenSpan).Should().Be("FOLDER yaz tatili/boş\n");
    }

    [Theory]
    [InlineData("FOLDER")]
    [InlineData("FOLDER ")]
    [InlineData("FOLDER ../a")]
    [InlineData("FOLDER /a")]
    [InlineData("FOLDER a/")]
    [InlineData("FOLDER a/../../b")]
    [InlineData("FOLDER a\u202eb")]
    [InlineData("FOLDERS a")]
    [InlineData("FOLDERS_END")]
    [InlineData("folder a")]
    public void Row_that_names_no_folder_inside_is_refused(string line) =>
        FolderRow.TryParse(Encoding.UTF8.GetBytes(line), out _).Should().BeFalse();

    private static PeerReply Parse(string line)
    {
        PeerReply.TryParse(Encoding.ASCII.GetBytes(line), out var reply).Should().BeTrue();
        return reply;
    }

    private static string Written(PeerReply reply)
    {
        var output = new ArrayBufferWriter<byte>();
        reply.WriteTo(output);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
