using System.Security.Cryptography;
using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Identity;

public sealed class InvitationCodeTests
{
    // The 48 bytes 0 to 47.
    private const string Code = "P2PAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v";

    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 48).Select(value => (byte)value)];

    [Fact]
    public void A_code_is_the_servers_key_and_the_secret_in_base64url()
    {
        InvitationCode.TryParse(Code, out var code).Should().BeTrue();

        code!.Server.Should().Be(KeyFingerprint.OfHash(Bytes.AsSpan(0, 32)));
        code.Secret.Should().Be(InvitationSecret.Of(Bytes.AsSpan(32)));
        code.Reveal().Should().Be(Code);
        new InvitationCode(code.Server, code.Secret).Reveal().Should().Be(Code);
    }

    [Fact]
    public void A_code_never_begins_with_a_hyphen_and_needs_no_quotes_in_a_shell()
    {
        var key = KeyFingerprint.OfHash(Enumerable.Repeat((byte)0xFB, 32).ToArray());

        for (var one = 0; one < 100; one++)
        {
            var code = new InvitationCode(key, InvitationSecret.Create());
            code.Reveal().Should().MatchRegex("^P2P[A-Za-z0-9_-]{64}$");
            InvitationCode.TryParse(code.Reveal(), out var parsed).Should().BeTrue();
            parsed.Should().Be(code);
        }
    }

    [Theory]
    [InlineData(" " + Code + "\n")]
    [InlineData("\t" + Code)]
    public void White_space_around_a_pasted_code_is_ignored(string text) => InvitationCode.TryParse(text, out _).Should().BeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("P2P")]
    [InlineData(Code + "A")]
    [InlineData(Code + "AAAA")]
    [InlineData("p2p" + "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v")]
    [InlineData("P2PAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4/")]
    [InlineData("P2PAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4+")]
    [InlineData("P2PğAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v")]
    public void Anything_else_is_no_code(string text) => InvitationCode.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void A_code_that_was_cut_anywhere_is_none()
    {
        for (var length = 0; length < Code.Length; length++)
        {
            InvitationCode.TryParse(Code[..length], out _).Should().BeFalse();
            InvitationCode.TryParse(Code[(Code.Length - length)..], out _).Should().BeFalse();
        }
    }

    [Fact]
    public void The_text_of_a_code_and_of_its_secret_hides_them()
    {
        InvitationCode.TryParse(Code, out var code).Should().BeTrue();

        $"{code} {code!.Secret}".Should().Be("(secret) (secret)");
    }

    [Fact]
    public void The_hash_of_a_secret_is_its_SHA_256_and_its_digits_are_read_in_either_case()
    {
        const string Hex = "0123456789ABCDEF0123456789abcdef";
        InvitationSecret.TryParse(Encoding.ASCII.GetBytes(Hex), out var secret).Should().BeTrue();

        secret!.Hash.Should().Be(Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(Hex))));
        secret.Reveal().Should().Be(Hex.ToLowerInvariant());
        InvitationSecret.Create().Should().NotBe(InvitationSecret.Create());
    }
}
