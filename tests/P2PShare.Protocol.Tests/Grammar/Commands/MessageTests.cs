using System.Buffers;
using System.Text;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;

namespace P2PShare.Protocol.Tests.Grammar.Commands;

/// <summary>Every command: its line on the wire, parsed and written again, and the refusal of malformed lines.</summary>
public sealed class MessageTests
{
    private static readonly string Id = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    public static TheoryData<string> Lines => new(
        "PROTO_VERSION 1.0",
        "REGISTER yigido",
        "REGISTER ali veli ğüş",
        "ANNOUNCE a 1",
        "ANNOUNCE yaz tatili 9 ğüşıöç.txt 65535",
        "LIST_FILES",
        "REQUEST photos/2024/a b.jpg",
        $"SHARE {Id} 4398046511104 9001 yaz tatili.txt",
        $"SHARE {new string('0', 64)} 0 9001 empty",
        "WITHDRAW a b",
        "LOCATE a b",
        $"LOCATE_ID {Id}",
        "LIST_SHARES",
        "LIST_SHARES photos/",
        "SEARCH *a b?",
        "PING",
        "RESUME 0123456789abcdef0123456789abcdef",
        $"SHARE_PART {Id} 4398046511104 65535",
        $"SHARE_PART {new string('0', 64)} 0 9001",
        $"WITHDRAW_PART {Id}",
        $"LOCATE_PEERS {Id}",
        "WHOIS 127.0.0.1 65535",
        "WHOIS 2001:db8::1 1",
        "JOIN 0123456789abcdef0123456789abcdef ayse",
        "JOIN 00000000000000000000000000000000 ali veli ğüş",
        "CERTIFY AA==",
        "CERTIFY MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+/0=",
        "SERVERS",
        $"GET {Id} 4398046511103 1048576",
        $"HASHES {Id} 4194303 8192",
        $"WATCH {Id} 0 IDLE -",
        $"WATCH {Id} 4194304 INTERESTED 65535",
        $"META {Id} photos/yaz tatili ğüş.txt",
        "FOLDERS photos/2024 a b");

    [Fact]
    public void Every_verb_has_a_line_here() =>
        Lines.Cast<object[]>().Select(row => Verbs.Split(Bytes((string)row[0]), out _)).Distinct().Should().BeEquivalentTo(
            Enum.GetValues<Verb>().Where(verb => verb != Verb.Unknown));

    [Theory]
    [MemberData(nameof(Lines))]
    public void Line_that_is_parsed_and_written_again_is_unchanged(string line)
    {
        ParseAndWrite(Bytes(line)).Should().Be(AsRead(line));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Line_cut_at_any_byte_is_refused_or_parsed_as_another_message(string line)
    {
        var bytes = Bytes(line);
        for (var length = 0; length < bytes.Length; length++)
            ParseAndWrite(bytes.AsMemory(..length)).Should().NotBe(AsRead(line));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Line_with_any_byte_replaced_is_refused_or_parsed_as_it_is_written_again(string line)
    {
        var bytes = Bytes(line);
        for (var index = 0; index < bytes.Length; index++)
        {
            foreach (var hostile in new byte[] { 0x00, 0x0A, 0x0D, 0x1B, 0x20, 0x2F, 0x5C, 0x7F, 0x80, 0xC3, 0xE2, 0xFF })
            {
                var changed = bytes.ToArray();
                changed[index] = hostile;
                var source = Convert.ToHexString(changed);
                if (ParseAndWrite(changed) is { } written)
                    ParseAndWrite(BytesAgain(written)).Should().Be(written, "the message that was parsed from {0} is valid", source);
            }
        }
    }

    [Theory]
    [InlineData("PROTO_VERSION 2.0", "version is not 1.0")]
    [InlineData("REGISTER", "empty user name")]
    [InlineData("ANNOUNCE", "file name and port missing")]
    [InlineData("ANNOUNCE a", "port missing")]
    [InlineData("ANNOUNCE a 0", "port is not a number in 1..65535")]
    [InlineData("ANNOUNCE a 65536", "port is not a number in 1..65535")]
    [InlineData("ANNOUNCE  5", "empty file name")]
    [InlineData("ANNOUNCE ../a 5", "file name has a part that is . or ..")]
    [InlineData("LIST_FILES x", "unexpected words after the command")]
    [InlineData("REQUEST", "empty file name")]
    [InlineData("REQUEST a\tb", "control character in file name")]
    [InlineData("SHARE x 1 1 a", "file id and size do not name a content")]
    [InlineData("SHARE", "file id, size, port or file name missing")]
    [InlineData("LOCATE_ID x", "file id is not 64 hexadecimal digits")]
    [InlineData("SEARCH", "search text missing")]
    [InlineData("SEARCH a\tb", "control character in search text")]
    [InlineData("LIST_SHARES a\u007Fb", "control character in prefix")]
    [InlineData("PING now", "unexpected words after the command")]
    [InlineData("RESUME 12", "token is not 32 hexadecimal digits")]
    [InlineData("SHARE_PART", "file id, size or port missing")]
    [InlineData("SHARE_PART x 1", "file id, size or port missing")]
    [InlineData("SHARE_PART x 1 1", "file id and size do not name a content")]
    [InlineData("WITHDRAW_PART x", "file id is not 64 hexadecimal digits")]
    [InlineData("LOCATE_PEERS", "file id is not 64 hexadecimal digits")]
    [InlineData("WHOIS", "address or port missing")]
    [InlineData("WHOIS 127.0.0.1", "address or port missing")]
    [InlineData("WHOIS 127.0.0.1 65536", "port is not a number in 1..65535")]
    [InlineData("WHOIS 127.0.0.1 1 a", "port is not a number in 1..65535")]
    [InlineData("WHOIS 127.1 1", "address is not the IP address of one host")]
    [InlineData("WHOIS 224.0.0.1 1", "address is not the IP address of one host")]
    [InlineData("WHOIS fe80::1%eth0 1", "address is not the IP address of one host")]
    [InlineData("JOIN", "invitation is not 32 hexadecimal digits")]
    [InlineData("JOIN ayse", "invitation is not 32 hexadecimal digits")]
    [InlineData("JOIN 0123456789abcdef0123456789abcde ayse", "invitation is not 32 hexadecimal digits")]
    [InlineData("JOIN 0123456789abcdef0123456789abcdef0 ayse", "invitation is not 32 hexadecimal digits")]
    [InlineData("JOIN 0123456789abcdef0123456789abcdeg ayse", "invitation is not 32 hexadecimal digits")]
    [InlineData("JOIN 0123456789abcdef0123456789abcdef ", "empty user name")]
    [InlineData("JOIN 0123456789abcdef0123456789abcdef a\tb", "control character in user name")]
    [InlineData("SERVERS 1", "unexpected words after the command")]
    [InlineData("CERTIFY", "public key is not base64 of at most 512 bytes")]
    [InlineData("CERTIFY AAA", "public key is not base64 of at most 512 bytes")]
    [InlineData("CERTIFY AAAA AAAA", "public key is not base64 of at most 512 bytes")]
    public void Malformed_line_is_refused_with_its_reason(string line, string reason)
    {
        Verbs.Split(Bytes(line), out var arguments);

        RefusalOf(Bytes(line), arguments).Should().Be(reason);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("9001 a")]
    [InlineData("")]
    public void Port_of_SHARE_PART_is_its_last_word(string port)
    {
        Verbs.Split(Bytes($"SHARE_PART {Id} 8 {port}"), out var arguments);

        RefusalOf(Bytes($"SHARE_PART {Id} 8 {port}"), arguments).Should().Be("port is not a number in 1..65535");
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void Public_key_of_CERTIFY_has_a_bound(int bytes, bool isAccepted)
    {
        var line = "CERTIFY " + Convert.ToBase64String(new byte[bytes]);

        ParseAndWrite(Bytes(line)).Should().Be(isAccepted ? AsRead(line) : null);
    }

    [Fact]
    public void Secret_of_JOIN_is_not_in_its_text()
    {
        Join.TryParse(Bytes("0123456789abcdef0123456789abcdef ayse"), out var join, out _).Should().BeTrue();

        join.ToString().Should().Contain("ayse").And.NotContain("0123456789abcdef", "messages are logged");
    }

    [Fact]
    public void Id_of_zeros_and_size_0_are_accepted_only_together()
    {
        ParseAndWrite(Bytes($"SHARE {new string('0', 64)} 1 9001 a")).Should().BeNull();
        ParseAndWrite(Bytes($"SHARE {Id} 0 9001 a")).Should().BeNull();
        ParseAndWrite(Bytes($"SHARE {Id} 4398046511105 9001 a")).Should().BeNull("4 TiB is the largest file");
        ParseAndWrite(Bytes($"SHARE_PART {new string('0', 64)} 1 9001")).Should().BeNull();
        ParseAndWrite(Bytes($"SHARE_PART {Id} 0 9001")).Should().BeNull();
    }

    [Fact]
    public void Verb_is_recognized_only_as_the_whole_first_word_in_upper_case()
    {
        foreach (var verb in Enum.GetValues<Verb>().Where(verb => verb != Verb.Unknown))
        {
            var word = Encoding.ASCII.GetString(Verbs.WordOf(verb));
            Verbs.Split(Bytes(word), out var arguments).Should().Be(verb);
            arguments.Length.Should().Be(0);
            Verbs.Split(Bytes(word + " x y"), out arguments).Should().Be(verb);
            Encoding.ASCII.GetString(arguments.Span).Should().Be("x y");
            Verbs.Recognize(Bytes(word + " x y"), out var argumentsStart).Should().Be(verb);
            argumentsStart.Should().Be(word.Length + 1);
            Verbs.Recognize(Bytes(word), out argumentsStart).Should().Be(verb);
            argumentsStart.Should().Be(word.Length);
            foreach (var other in new[] { word.ToLowerInvariant(), word + "S", word[..^1], " " + word, word + "\t" })
                Verbs.Split(Bytes(other), out _).Should().NotBe(verb);
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    // Latin-1, because a prefix need not be UTF-8.
    private static string AsRead(string line) => Encoding.Latin1.GetString(Bytes(line)) + "\n";

    private static byte[] BytesAgain(string written) => Encoding.Latin1.GetBytes(written.TrimEnd('\n'));

    private static string? RefusalOf(ReadOnlyMemory<byte> line, ReadOnlyMemory<byte> arguments)
    {
        string? refusal = null;
        Visit(line, arguments, reason => refusal = reason);
        return refusal;
    }

    // Null where the line is refused.
    private static string? ParseAndWrite(ReadOnlyMemory<byte> line)
    {
        Verbs.Split(line, out var arguments);
        var output = new ArrayBufferWriter<byte>();
        return Visit(line, arguments, _ => { }, output) ? Encoding.Latin1.GetString(output.WrittenSpan) : null;
    }

    private static bool Visit(
        ReadOnlyMemory<byte> line, ReadOnlyMemory<byte> arguments, Action<string> refused, IBufferWriter<byte>? output = null) =>
        Verbs.Split(line, out _) switch
        {
            Verb.ProtoVersion => Try<ProtoVersion>(arguments, refused, output),
            Verb.Register => Try<Register>(arguments, refused, output),
            Verb.Announce => Try<Announce>(arguments, refused, output),
            Verb.ListFiles => Try<ListFiles>(arguments, refused, output),
            Verb.Request => Try<Request>(arguments, refused, output),
            Verb.Share => Try<Share>(arguments, refused, output),
            Verb.Withdraw => Try<Withdraw>(arguments, refused, output),
            Verb.Locate => Try<Locate>(arguments, refused, output),
            Verb.LocateId => Try<LocateId>(arguments, refused, output),
            Verb.ListShares => Try<ListShares>(arguments, refused, output),
            Verb.Search => Try<Search>(arguments, refused, output),
            Verb.Ping => Try<Ping>(arguments, refused, output),
            Verb.Resume => Try<Resume>(arguments, refused, output),
            Verb.SharePart => Try<SharePart>(arguments, refused, output),
            Verb.WithdrawPart => Try<WithdrawPart>(arguments, refused, output),
            Verb.LocatePeers => Try<LocatePeers>(arguments, refused, output),
            Verb.Whois => Try<Whois>(arguments, refused, output),
            Verb.Join => Try<Join>(arguments, refused, output),
            Verb.Certify => Try<Certify>(arguments, refused, output),
            Verb.Servers => Try<ListServers>(arguments, refused, output),
            Verb.Get => Try<Get>(arguments, refused, output),
            Verb.Hashes => Try<Hashes>(arguments, refused, output),
            Verb.Watch => Try<Watch>(arguments, refused, output),
            Verb.Meta => Try<Meta>(arguments, refused, output),
            Verb.Folders => Try<Folders>(arguments, refused, output),
            _ => false,
        };

    private static bool Try<T>(ReadOnlyMemory<byte> arguments, Action<string> refused, IBufferWriter<byte>? output)
        where T : struct, IMessage<T>
    {
        if (!T.TryParse(arguments, out var message, out var refusal))
        {
            refusal.Should().NotBeNullOrWhiteSpace();
            refused(refusal);
            return false;
        }

        if (output is not null)
            message.WriteTo(output);
        return true;
    }
}
