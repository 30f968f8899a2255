using System.Buffers;
using System.Net;
using System.Text;
using P2PShare.Networking.Security.Identities;
using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using P2PShare.Server.Members;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Tables;

namespace P2PShare.Server.Tests.Members;

/// <summary>What the sessions of a private server answer, line by line.</summary>
public sealed class MemberRequestHandlerTests : IDisposable
{
    private readonly MemberState _state = new();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly RequestHandler _handler;

    public MemberRequestHandlerTests()
    {
        var presence = new SessionPresence(new SessionDirectory(), IPAddress.Loopback, _key.Fingerprint);
        var registry = new InMemoryFileRegistry(_state.Time, ServerBounds.Default);
        _handler = new RequestHandler(1, presence, registry, new RefusalLog(_state.Time), _state.Log)
        {
            Members = new MemberRequestHandler(_state.Join("ayse", _key.Fingerprint), _state.Registry, _state.Time),
        };
        Ask("PROTO_VERSION 1.0");
    }

    private string Certify => $"CERTIFY {Convert.ToBase64String(_key.PublicKey)}";

    public void Dispose()
    {
        _key.Dispose();
        _state.Dispose();
    }

    [Theory]
    [InlineData("veli")]
    [InlineData("Ayse")]
    [InlineData("ayse ")]
    public void REGISTER_with_another_name_is_refused_and_with_the_members_own_it_succeeds(string other)
    {
        Ask($"REGISTER {other}").Should().StartWith("REGISTER_FAIL ");

        Ask("REGISTER veli").Should().Be("REGISTER_FAIL this server knows you as ayse; start with that name\n");
        Ask("REGISTER ayse").Should().Be("REGISTER_OK\n");
    }

    [Fact]
    public void CERTIFY_is_answered_with_the_servers_time_and_two_certificates()
    {
        Ask("REGISTER ayse");

        var words = Ask(Certify).TrimEnd('\n').Split(' ');

        words[..2].Should().Equal("CERTIFICATE", $"{_state.Time.GetUtcNow().ToUnixTimeSeconds()}");
        words.Should().HaveCount(4);
        words[3].Should().Be(Convert.ToBase64String(_state.ServerKey.Certificate.RawData));
    }

    [Fact]
    public void CERTIFY_with_another_key_is_an_error_also_after_one_with_the_sessions_key()
    {
        using var other = ProgramKey.Create();
        var question = $"CERTIFY {Convert.ToBase64String(other.PublicKey)}";
        Ask("REGISTER ayse");

        Ask(question).Should().Be("ERROR that is not the key of this session\n");
        Ask(Certify).Should().StartWith("CERTIFICATE ");
        Ask(question).Should().Be("ERROR that is not the key of this session\n");
        Ask("CERTIFY !").Should().StartWith("ERROR ");
        Ask(Certify).Should().StartWith("CERTIFICATE ");
    }

    [Fact]
    public void Within_thirty_seconds_the_same_certificate_is_given_again()
    {
        Ask("REGISTER ayse");
        var first = Ask(Certify);

        _state.Time.Advance(TimeSpan.FromSeconds(29));
        var again = Ask(Certify);
        _state.Time.Advance(TimeSpan.FromSeconds(1));
        var next = Ask(Certify);

        again.Should().Be(first);
        next.Should().NotBe(first);
    }

    private string Ask(string line)
    {
        var output = new ArrayBufferWriter<byte>();
        _handler.Handle(Encoding.UTF8.GetBytes(line), output).Should().BeTrue();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
