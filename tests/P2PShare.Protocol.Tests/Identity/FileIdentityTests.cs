using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Identity;

public sealed class FileIdentityTests
{
    private const long MiB = 1 << 20;

    private static readonly FileId SomeId = new([.. Enumerable.Range(1, Limits.HashBytes).Select(number => (byte)number)]);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(MiB - 1, 1, MiB - 1)]
    [InlineData(MiB, 1, MiB)]
    [InlineData(MiB + 1, 2, 1)]
    [InlineData(2 * MiB, 2, MiB)]
    [InlineData((1L << 42) - 1, 1 << 22, MiB - 1)]
    [InlineData(1L << 42, 1 << 22, MiB)]
    public void The_number_and_lengths_of_pieces_follow_from_the_size(long size, int pieces, int lastPiece)
    {
        FileIdentity.TryCreate(SomeId, size, out var identity).Should().BeTrue();

        (identity.Id, identity.Size).Should().Be((SomeId, size));
        identity.PieceCount.Should().Be(pieces);
        identity.PieceLength(pieces - 1).Should().Be(lastPiece);
        if (pieces > 1)
            identity.PieceLength(0).Should().Be((int)MiB);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData((1L << 42) + 1)]
    [InlineData(long.MaxValue)]
    public void A_size_out_of_bounds_is_refused(long size) => FileIdentity.TryCreate(SomeId, size, out _).Should().BeFalse();

    [Fact]
    public void Size_0_is_accepted_only_with_the_id_of_the_empty_file()
    {
        FileIdentity.TryCreate(FileId.OfEmptyFile, 0, out var empty).Should().BeTrue();
        empty.Should().Be(FileIdentity.OfEmptyFile);
        empty.PieceCount.Should().Be(0);

        FileIdentity.TryCreate(SomeId, 0, out _).Should().BeFalse();
        FileIdentity.TryCreate(FileId.OfEmptyFile, 1, out _).Should().BeFalse();
    }

    [Fact]
    public void Identities_with_one_id_and_two_sizes_are_not_equal()
    {
        FileIdentity.TryCreate(SomeId, 1, out var one).Should().BeTrue();
        FileIdentity.TryCreate(SomeId, 2, out var two).Should().BeTrue();

        one.Should().NotBe(two);
    }
}
