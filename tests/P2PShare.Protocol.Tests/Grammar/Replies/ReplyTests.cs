using System.Buffers;
using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Protocol.Tests.Grammar.Replies;

/// <summary>Every reply: its line on the wire, parsed and written again, and the refusal of malformed lines.</summary>
public sealed class ReplyTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("VERSION_OK", true, Features.None)]
    [InlineData("VERSION_OK SWARM", true, Features.Swarm)]
    [InlineData("VERSION_OK SWARM SEARCH PING RESUME", true, Features.Swarm | Features.Search | Features.Ping | Features.Resume)]
    [InlineData("VERSION_OK SWARM PARTS", true, Features.Swarm | Features.Parts)]
    [InlineData("VERSION_OK SWARM PIECES", true, Features.Swarm | Features.Pieces)]
    [InlineData("VERSION_OK SWARM PIECES META", true, Features.Swarm | Features.Pieces | Features.Meta)]
    [InlineData("VERSION_OK SWARM MEMBERS SERVERS", true, Features.Swarm | Features.Members | Features.Servers)]
    [InlineData("VERSION_FAIL", false, Features.None)]
    public void Version_reply_is_parsed_and_written_back(string line, bool accepted, Features features)
    {
        VersionReply.Parse(Bytes(line)).Should().Be(new VersionReply(accepted, features));
        Written(new VersionReply(accepted, features).WriteTo).Should().Be(line + "\n");
    }

    [Theory]
    [InlineData("VERSION_OK  SWARM  FUTURE swarm", Features.Swarm)]
    [InlineData("HELLO SWARM", Features.None)]
    [InlineData("", Features.None)]
    [InlineData("VERSION_FAILURE", Features.None)]
    [InlineData("BUSY soon", Features.None)]
    public void Any_other_first_line_accepts_and_only_VERSION_OK_names_features(string line, Features features)
    {
        VersionReply.Parse(Bytes(line)).Should().Be(new VersionReply(true, features));
    }

    [Theory]
    [InlineData("BUSY 30", 30)]
    [InlineData("BUSY 0", 1)]
    [InlineData("BUSY 2147483647", 300)]
    public void Wait_of_BUSY_is_at_least_1_and_at_most_300_seconds(string line, int seconds)
    {
        VersionReply.Parse(Bytes(line)).Should().Be(VersionReply.Busy(seconds));
        Written(VersionReply.Busy(30).WriteTo).Should().Be("BUSY 30\n");
    }

    [Theory]
    [InlineData("FOUND 127.0.0.1 9001")]
    [InlineData("FOUND 2001:db8::1 1")]
    [InlineData("NOT_FOUND")]
    public void Found_reply_is_parsed_and_written_back(string line)
    {
        FoundReply.TryParse(Bytes(line), out var reply).Should().BeTrue();
        Written(reply.WriteTo).Should().Be(line + "\n");
    }

    [Theory]
    [InlineData("FOUND")]
    [InlineData("FOUND 127.0.0.1")]
    [InlineData("FOUND 127.0.0.1 0")]
    [InlineData("FOUND 127.0.0.1 65536")]
    [InlineData("FOUND 127.1 9001")]
    [InlineData("FOUND 0.0.0.0 9001")]
    [InlineData("FOUND 255.255.255.255 9001")]
    [InlineData("FOUND 224.0.0.1 9001")]
    [InlineData("FOUND :: 9001")]
    [InlineData("FOUND fe80::1%eth0 9001")]
    [InlineData("NOT_FOUND x")]
    [InlineData("found 127.0.0.1 9001")]
    public void Malformed_found_reply_is_refused(string line)
    {
        FoundReply.TryParse(Bytes(line), out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("REGISTER_OK", null)]
    [InlineData("REGISTER_FAIL user name too long", "user name too long")]
    [InlineData("REGISTER_FAIL", "no reason given")]
    [InlineData("ERROR unknown command", "unknown command")]
    public void Status_reply_is_parsed(string line, string? refusal)
    {
        StatusReply.TryParse(Verb.Register, Bytes(line), out var reply).Should().BeTrue();
        reply.Refusal.Should().Be(refusal);
    }

    [Theory]
    [InlineData("REGISTER_OKAY")]
    [InlineData("REGISTER")]
    [InlineData("ANNOUNCE_OK")]
    [InlineData("register_ok")]
    [InlineData("")]
    public void Answer_to_another_command_is_not_a_status_reply(string line)
    {
        StatusReply.TryParse(Verb.Register, Bytes(line), out _).Should().BeFalse();
    }

    [Fact]
    public void Status_reply_is_written()
    {
        Written(new StatusReply(Verb.Share, null).WriteTo).Should().Be("SHARE_OK\n");
        Written(new StatusReply(Verb.Announce, "register first").WriteTo).Should().Be("ANNOUNCE_FAIL register first\n");
    }

    [Theory]
    [InlineData("yaz tatili 5 ğ.txt 127.0.0.1 9001")]
    [InlineData("LIST_END 127.0.0.1 9001")]
    [InlineData("ERROR x 2001:db8::1 9001")]
    [InlineData("a 1111:2222:3333:4444:5555:6666:7777:8888 65535")]
    [InlineData("a 1111:2222:3333:4444:0:5efe:255.255.255.255 65535")]
    public void Row_of_LIST_FILES_is_parsed_from_its_end_and_written_back(string line)
    {
        FileRow.TryParse(Bytes(line), out var row).Should().BeTrue();
        Written(row.WriteTo).Should().Be(line + "\n");
    }

    [Fact]
    public void Rows_with_identities_are_parsed_and_written_back()
    {
        string[] ownerRows =
        [
            $"{Id} 1048576 127.0.0.1 9001 a b c", "- - 127.0.0.1 9001 a b", "- - 1111:2222:3333:4444:0:5efe:255.255.255.255 65535 a",
        ];
        foreach (var line in ownerRows)
        {
            OwnerRow.TryParse(Bytes(line), out var row).Should().BeTrue();
            Written(row.WriteTo).Should().Be(line + "\n");
        }

        foreach (var line in new[] { $"{Id} 1048576 3 a b c", "- - 1 a" })
        {
            SearchRow.TryParse(Bytes(line), out var row).Should().BeTrue();
            Written(row.WriteTo).Should().Be(line + "\n");
        }
    }

    [Theory]
    [InlineData("WHOLE 127.0.0.1 9001", true)]
    [InlineData("PART 2001:db8::1 65535", false)]
    [InlineData("PART 1111:2222:3333:4444:0:5efe:255.255.255.255 1", false)]
    public void Row_of_LOCATE_PEERS_is_parsed_and_written_back(string line, bool isWhole)
    {
        PeerRow.TryParse(Bytes(line), out var row).Should().BeTrue();
        row.IsWhole.Should().Be(isWhole);
        Written(row.WriteTo).Should().Be(line + "\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("LOCATE_PEERS_END")]
    [InlineData("WHOLE")]
    [InlineData("WHOLE 127.0.0.1")]
    [InlineData("WHOLE 127.0.0.1 0")]
    [InlineData("WHOLE 127.0.0.1 9001 a")]
    [InlineData("WHOLE 127.1 9001")]
    [InlineData("PART 224.0.0.1 9001")]
    [InlineData("PARTS 127.0.0.1 9001")]
    [InlineData("part 127.0.0.1 9001")]
    [InlineData(" 127.0.0.1 9001")]
    public void Malformed_row_of_LOCATE_PEERS_is_refused(string line)
    {
        PeerRow.TryParse(Bytes(line), out _).Should().BeFalse();
    }

    [Theory]
    [InlineData($"PEER {Id} yigido", Id)]
    [InlineData("PEER - ali veli ğüş", null)]
    [InlineData("PEER - -", null)]
    public void Row_of_WHOIS_is_parsed_and_written_back(string line, string? key)
    {
        WhoisRow.TryParse(Bytes(line), out var row).Should().BeTrue();
        row.Key?.ToString().Should().Be(key);
        Written(row.WriteTo).Should().Be(line + "\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("WHOIS_END")]
    [InlineData("PEER")]
    [InlineData("PEER -")]
    [InlineData("PEER - ")]
    [InlineData("PEER  yigido")]
    [InlineData("peer - yigido")]
    [InlineData($"PEER {Id}0 yigido")]
    [InlineData("PEER 0123 yigido")]
    [InlineData("PEER - a\u001b[2Jb")]
    [InlineData("PEER - a\u202Eb")]
    [InlineData("PEER - 12345678901234567890123456789012345678901234567890123456789012345")]
    public void Malformed_row_of_WHOIS_is_refused(string line)
    {
        WhoisRow.TryParse(Bytes(line), out _).Should().BeFalse();
    }

    [Fact]
    public void Longest_row_of_WHOIS_is_written_whole()
    {
        var line = $"PEER {Id} {string.Concat(Enumerable.Repeat("\U0001F600", Limits.MaxUserNameCharacters))}";
        WhoisRow.TryParse(Bytes(line), out var row).Should().BeTrue();
        Written(row.WriteTo).Should().Be(line + "\n");
    }

    [Theory]
    [InlineData($"SERVER 192.0.2.1:8080 {Id}", Id)]
    [InlineData("SERVER [2001:db8::1]:65535 -", null)]
    [InlineData("SERVER s-1.example.org:1 -", null)]
    public void Row_of_SERVERS_is_parsed_and_written_back(string line, string? key)
    {
        ServerRow.TryParse(Bytes(line), out var row).Should().BeTrue();
        row!.Key?.ToString().Should().Be(key);
        Written(row.WriteTo).Should().Be(line + "\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("SERVERS_END")]
    [InlineData("SERVER")]
    [InlineData("SERVER 192.0.2.1:8080")]
    [InlineData("SERVER 192.0.2.1:8080 ")]
    [InlineData("SERVER 192.0.2.1 8080 -")]
    [InlineData("SERVER 192.0.2.1:8080 - -")]
    [InlineData("SERVER  192.0.2.1:8080 -")]
    [InlineData("SERVER 192.0.2.1:0 -")]
    [InlineData("server 192.0.2.1:8080 -")]
    [InlineData($"SERVER 192.0.2.1:8080 {Id}0")]
    [InlineData("SERVER 192.0.2.1:8080 0123")]
    [InlineData("SERVER a\u001b[2Jb:8080 -")]
    public void Malformed_row_of_SERVERS_is_refused(string line)
    {
        ServerRow.TryParse(Bytes(line), out _).Should().BeFalse();
    }

    [Fact]
    public void Row_of_SERVERS_that_is_cut_at_any_byte_is_refused()
    {
        var line = Bytes($"SERVER s-1.example.org:8080 {Id}");
        for (var length = 0; length < line.Length; length++)
            ServerRow.TryParse(line.AsMemory(..length), out _).Should().BeFalse("{0} bytes are no row", length);
    }

    [Fact]
    public void Longest_row_of_SERVERS_is_written_whole()
    {
        var line = $"SERVER {string.Join('.', Enumerable.Repeat(new string('a', 63), 3))}.{new string('b', 61)}:65535 {Id}";
        ServerRow.TryParse(Bytes(line), out var row).Should().BeTrue();
        Written(row!.WriteTo).Should().Be(line + "\n");
    }

    [Fact]
    public void Malformed_rows_are_refused()
    {
        string[] ownerRows =
        [
            "", "LOCATE_END", $"{Id} - 127.0.0.1 9001 a", "- 5 127.0.0.1 9001 a", $"{Id} 0 127.0.0.1 9001 a", $"{Id} 5 127.0.0.1 9001 ../a",
            $"{Id} 5 127.0.0.1 9001 ",
        ];
        foreach (var line in ownerRows)
            OwnerRow.TryParse(Bytes(line), out _).Should().BeFalse(line);
        foreach (var line in new[] { "", "SEARCH_END", $"{Id} 5 -1 a", $"{Id} 5 99999999999 a", "- - 1 /a" })
            SearchRow.TryParse(Bytes(line), out _).Should().BeFalse(line);
        foreach (var line in new[] { "", "LIST_END", "a 127.0.0.1", "a 127.0.0.1 x", " 127.0.0.1 9001", "../a 127.0.0.1 9001" })
            FileRow.TryParse(Bytes(line), out _).Should().BeFalse(line);
    }

    [Theory]
    [InlineData("DATA 1048576", PeerReplyKind.Data, 1048576)]
    [InlineData("BUSY 5", PeerReplyKind.Busy, 5)]
    [InlineData("BUSY 301", PeerReplyKind.Busy, 300)]
    [InlineData("NOT_SHARED", PeerReplyKind.NotShared, 0)]
    [InlineData("CHANGED", PeerReplyKind.Changed, 0)]
    public void Peer_reply_is_parsed(string line, PeerReplyKind kind, int number)
    {
        PeerReply.TryParse(Bytes(line), out var reply).Should().BeTrue();
        reply.Should().Be(new PeerReply(kind, number));
    }

    [Theory]
    [InlineData("DATA")]
    [InlineData("DATA -1")]
    [InlineData("DATA 9223372036854775808")]
    [InlineData("DATA 99999999999999999999")]
    [InlineData("DATA 5 6")]
    [InlineData("data 5")]
    [InlineData("")]
    public void Malformed_peer_reply_is_refused(string line)
    {
        PeerReply.TryParse(Bytes(line), out _).Should().BeFalse();
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
