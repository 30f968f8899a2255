using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Identity;

public sealed class FileIdTests
{
    private const string Hex = "de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";

    [Fact]
    public void An_id_is_parsed_from_64_hexadecimal_digits_and_written_in_lower_case()
    {
        var id = Parse(Hex);

        id.ToString().Should().Be(Hex);
        id.Short.Should().Be("de208334");
        Parse(Hex.ToUpperInvariant()).Should().Be(id);
    }

    [Fact]
    public void An_id_is_made_from_32_bytes_and_copied_to_them()
    {
        var hash = Convert.FromHexString(Hex);
        var copied = new byte[hash.Length];

        var id = new FileId(hash);
        id.CopyTo(copied);

        id.Should().Be(Parse(Hex));
        copied.Should().Equal(hash);
    }

    [Fact]
    public void Ids_that_differ_in_one_byte_are_not_equal()
    {
        var hash = Convert.FromHexString(Hex);
        var ids = new HashSet<FileId> { new(hash) };
        for (var index = 0; index < hash.Length; index++)
        {
            hash[index] ^= 1;
            ids.Add(new FileId(hash)).Should().BeTrue("byte {0} is part of the id", index);
            hash[index] ^= 1;
        }

        ids.Add(new FileId(hash)).Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4")]
    [InlineData("de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4ff")]
    [InlineData("ge208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f")]
    [InlineData("de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4 ")]
    [InlineData("0xde208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee")]
    [InlineData("de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98eeé")]
    [InlineData("-")]
    public void Text_that_is_not_64_hexadecimal_digits_is_refused(string text)
    {
        FileId.TryParse(Encoding.UTF8.GetBytes(text), out var id).Should().BeFalse();
        id.Should().Be(default(FileId));
    }

    [Fact]
    public void The_id_of_an_empty_file_is_64_zeros() => Parse(new string('0', 64)).Should().Be(FileId.OfEmptyFile);

    [Fact]
    public void A_hash_of_another_length_throws() =>
        FluentActions.Invoking(() => new FileId(new byte[31])).Should().Throw<ArgumentException>();

    [Fact]
    public void Ids_chosen_to_collide_have_different_hash_codes()
    {
        // Both halves of each word are equal: the hash code of each ulong, the exclusive or of its halves, is 0.
        var hashCodes = new HashSet<int>();
        for (uint number = 0; number < 1000; number++)
        {
            var hash = new byte[Limits.HashBytes];
            for (var offset = 0; offset < hash.Length; offset += sizeof(uint))
                BitConverter.TryWriteBytes(hash.AsSpan(offset), number);
            hashCodes.Add(new FileId(hash).GetHashCode());
        }

        hashCodes.Count.Should().BeGreaterThan(990);
    }

    private static FileId Parse(string hex)
    {
        FileId.TryParse(Encoding.ASCII.GetBytes(hex), out var id).Should().BeTrue();
        return id;
    }
}
