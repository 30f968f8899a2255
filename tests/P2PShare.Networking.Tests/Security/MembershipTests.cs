using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Grammar.Replies;

namespace P2PShare.Networking.Tests.Security;

/// <summary>What a member checks before it shows a certificate that a server sent.</summary>
public sealed class MembershipTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PrivateServerKey _server = new();
    private readonly PrivateServerKey _otherServer = new();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly ProgramKey _otherKey = ProgramKey.Create();

    public void Dispose()
    {
        foreach (var disposable in new IDisposable[] { _server, _otherServer, _key, _otherKey })
            disposable.Dispose();
    }

    [Fact]
    public void A_certificate_of_the_server_for_this_key_is_taken()
    {
        var membership = TryCreate(_server.Certify(_key, Now.AddHours(1)))!;

        membership.Until.Should().Be(Now.AddHours(1).AddMinutes(10));
        membership.ClockOffset.Should().Be(TimeSpan.FromHours(1));
        membership.IsFrom(_server.Key.Fingerprint).Should().BeTrue();
        membership.IsFrom(_otherServer.Key.Fingerprint).Should().BeFalse();
    }

    [Fact]
    public void A_certificate_for_another_key_is_not_taken() => TryCreate(_server.Certify(_otherKey, Now)).Should().BeNull();

    [Fact]
    public void A_certificate_of_another_server_is_not_taken()
    {
        var foreign = _otherServer.Certify(_key, Now);

        TryCreate(foreign).Should().BeNull();
        TryCreate(foreign with { Issuer = _server.Certify(_key, Now).Issuer }).Should().BeNull("the server did not sign it");
    }

    [Theory]
    [InlineData(-61)]
    [InlineData(601)]
    public void A_certificate_that_is_not_valid_at_the_servers_time_is_not_taken(int seconds) =>
        TryCreate(_server.Certify(_key, Now) with { ServerTime = Now.AddSeconds(seconds) }).Should().BeNull();

    [Fact]
    public void A_certificate_that_this_key_signed_for_itself_is_not_taken()
    {
        var own = _key.Certificate.RawData;

        TryCreate(_server.Certify(_key, Now) with { Member = own }).Should().BeNull();
        Membership.TryCreate(_key, _key.Fingerprint, new CertificateReply(Now, own, own), Now).Should().BeNull();
    }

    [Fact]
    public void Certificates_with_a_changed_byte_are_not_taken_or_are_for_the_same_key_and_server()
    {
        var whole = _server.Certify(_key, Now);
        for (var index = 0; index < whole.Member.Length; index += 7)
        {
            TryCreate(whole with { Member = Changed(whole.Member, index) }).Should().BeNull("the signature is over all of it");

            // The signature of the issuer's own certificate is of no interest.
            if (TryCreate(whole with { Issuer = Changed(whole.Issuer, index) }) is { } membership)
                membership.IsFrom(_server.Key.Fingerprint).Should().BeTrue();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("3003020101")]
    public void Bytes_that_are_no_certificate_are_not_taken(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var whole = _server.Certify(_key, Now);

        TryCreate(whole with { Member = bytes }).Should().BeNull();
        TryCreate(whole with { Issuer = bytes }).Should().BeNull();
        TryCreate(whole with { Member = whole.Member[..^1] }).Should().BeNull();
    }

    private static byte[] Changed(ReadOnlyMemory<byte> bytes, int index)
    {
        var changed = bytes.ToArray();
        changed[index % changed.Length] ^= 1;
        return changed;
    }

    private Membership? TryCreate(CertificateReply reply) => Membership.TryCreate(_key, _server.Key.Fingerprint, reply, Now);
}
