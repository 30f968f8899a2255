using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Protocol;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads.Saving;

public sealed class OlderVersionsTests : IDisposable
{
    private const int Pieces = 40;
    private readonly TempFolder _folder = new();
    private readonly byte[] _content = new SeededBytes(7).Create(Pieces * Limits.PieceBytes - 1000);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Log_that_grew_gives_all_but_its_last_piece()
    {
        var older = _folder.Write("older", _content.AsSpan(0, 30 * Limits.PieceBytes + 5));

        var (copied, verified, written) = await CopyAsync(older);

        copied.Should().Be(30L * Limits.PieceBytes);
        verified.Should().Equal(Enumerable.Range(0, Pieces).Select(piece => piece < 30));
        written.AsSpan(0, 30 * Limits.PieceBytes).SequenceEqual(_content.AsSpan(0, 30 * Limits.PieceBytes)).Should().BeTrue();
    }

    [Fact]
    public async Task Changed_pieces_are_left_out_and_the_last_one_is_taken_where_the_length_is_the_same()
    {
        var changed = (byte[])_content.Clone();
        foreach (var piece in new[] { 0, 17, 38 })
            changed[piece * Limits.PieceBytes + 123] ^= 1;

        var (_, verified, _) = await CopyAsync(_folder.Write("older", changed));

        verified.Select((isVerified, piece) => (isVerified, piece)).Where(each => !each.isVerified).Select(each => each.piece)
            .Should().Equal(0, 17, 38);
    }

    [Fact]
    public async Task Several_versions_complement_each_other_and_what_is_there_is_not_copied()
    {
        var end = (byte[])_content.Clone();
        end.AsSpan(0, 20 * Limits.PieceBytes).Clear();
        var verified = new bool[Pieces];
        verified[5] = true;

        var (copied, _, _) = await CopyAsync(
            verified, _folder.Write("start", _content.AsSpan(0, 20 * Limits.PieceBytes)), _folder.Write("end", end));

        copied.Should().Be(_content.Length - Limits.PieceBytes);
        verified.Should().NotContain(false);
    }

    [Fact]
    public async Task Other_file_of_the_same_name_is_recognized_by_samples()
    {
        var other = (byte[])_content.Clone();
        for (var piece = 0; piece < Pieces; piece += 2)
            other[piece * Limits.PieceBytes] ^= 1;

        var (copied, _, _) = await CopyAsync(_folder.Write("older", other));

        copied.Should().Be(0, "40 pieces are sampled by every second one, all of which differ");
    }

    [Fact]
    public async Task Files_that_cannot_be_read_are_passed_over()
    {
        var folder = _folder.File("folder");
        Directory.CreateDirectory(folder);

        var (copied, _, _) = await CopyAsync(folder, _folder.File("missing"), _folder.Write("good", _content));

        copied.Should().Be(_content.Length);
    }

    [Fact]
    public void Paths_beside_are_those_of_finished_and_partial_files_that_exist()
    {
        foreach (var name in new[] { "a.txt", "a (1).txt", "a (3).txt", "a.txt.part", "a.txt.1.part" })
            _folder.Write(name, "x"u8);

        OlderVersions.PathsBeside(_folder.File("a.txt")).Select(Path.GetFileName)
            .Should().Equal("a.txt", "a (1).txt", "a.txt.part", "a.txt.1.part");
    }

    private Task<(long Copied, bool[] Verified, byte[] Written)> CopyAsync(params string[] paths) => CopyAsync(new bool[Pieces], paths);

    private async Task<(long Copied, bool[] Verified, byte[] Written)> CopyAsync(bool[] verified, params string[] paths)
    {
        var whole = _folder.Write("whole", _content);
        using var file = ContentIdentifier.OpenForReading(whole);
        var layer = await FileHasher.HashAsync(file, whole, _content.Length, hashed: null, default);
        using var target = PartialFile.Open(_folder.File("target"), layer.Identity);

        var copied = 0L;
        await OlderVersions.CopyPiecesAsync(paths, layer, verified, target, bytes => Interlocked.Add(ref copied, bytes), default);

        var written = new byte[_content.Length];
        RandomAccess.Read(target.Handle, written, 0);
        return (copied, verified, written);
    }
}
