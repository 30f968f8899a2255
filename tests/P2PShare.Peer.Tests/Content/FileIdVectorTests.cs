using P2PShare.Peer.Content;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Content;

/// <summary>
/// File ids are those that libtorrent 2.0.8 gives: the <c>pieces root</c> of a v2-only torrent, which is the same for every piece size.
/// </summary>
public sealed class FileIdVectorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Made with python3-libtorrent: file_storage, create_torrent(v2_only), set_piece_hashes; info / file tree / f / "" / pieces root.
    // Byte i of each file is (31 i + 7) mod 251, so that no two leaves of a file are equal.
    [Theory]
    [InlineData(1, "ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005ee879")]
    [InlineData(2, "140d811b81973993df99b8b1742b383ab83f6f52bf7af850812e7bba02ff11da")]
    [InlineData(16383, "88b274853f0cb979f123699f6ed0d937f0e2e447f385481679c0cb97656c8e4f")]
    [InlineData(16384, "e6494c86814963a758f59bf832e78df26f8415657cdf64bd2eb1a3e18721bcc9")]
    [InlineData(16385, "4cfab4c81a38928437280fa27f6956592e9d5ecac29e7d318434d70e5a64b1c0")]
    [InlineData(32768, "e3a1322ebba73baa8027023fc4a16ce05de9a6606aa5df216e3e3907023140fc")]
    [InlineData(32769, "2531bd5babe7f2afeb8c39d50c4d6f1241107ae7dddecb210f06086354bce14c")]
    [InlineData(49152, "857755ec1cde869f7530bbe5994b05ebe5980565f5b70e6d69fa5c9dca1bcfa6")]
    [InlineData(65537, "324f7cb88742062ba04b6df0ffeba764d7aee25da9b954bb3e36591901fc7f79")]
    [InlineData(1000000, "97b825e627c971a32d61f1763f527fb7e13e4b973cab00963a3d9bf74afe6e92")]
    [InlineData(1032192, "7e4a82c22bff248f26796fb43a179c6ed7e72eb39a036c3a61a3e32d12a4ed2b")]
    [InlineData(1048575, "23cf8e7cffea4c50670a1ce1467d27c1b6359fb8e345dcee9f6ba3fd62e84818")]
    [InlineData(1048576, "ed77b9a674698fcf7c078ec6e2d982269106606a4f73552c9128e2301add7967")]
    [InlineData(1048577, "00b9381d12ac67308a8fe1e2ed5fd5776e43c305a807a5903b39886ca28578e1")]
    [InlineData(1064960, "2e05e7f859cde1ae327599d4ca7f46c340114df052999849fd05f7cb1eaf0404")]
    [InlineData(2097151, "3b71b4db18dfd258aa737c0dbc69266cc4d3e1a2cbc84d445aac1ac2b854f4da")]
    [InlineData(2097152, "412a0bf276b407f90228758d4daabb3bbf279e11116ceafeb5fb3110a8980a7b")]
    [InlineData(2097153, "b4cb3504803e2f4d054ae858afdf6529c0fd38005c407397b96802f7b285fdb2")]
    [InlineData(3145733, "30b73b76ee8e9b3413619dfdc7db8ee06907cb8e8512bd99ec0ffb369ca428a4")]
    [InlineData(4194304, "01caad57cee4b020a35deff84b896e98e688a0e8f1c1f374e64021960efdb825")]
    [InlineData(5226495, "4ba2f179f485f1fc91e3b5b75b9012ffaeff3cfdd34485260c9b41ad843b1de5")]
    [InlineData(7463488, "d5ae453cb24f39788f0f4b4d6fd303ad16ea0341240628bc24109a4f3551a7ce")]
    public async Task File_id_equals_the_pieces_root_of_libtorrent(int size, string piecesRoot)
    {
        var path = _folder.Write("f", ContentOf(size));

        var layer = await HashAsync(path, size);

        layer.Identity.Id.ToString().Should().Be(piecesRoot);
        layer.Identity.Size.Should().Be(size);
        PieceLayer.TryCreate(layer.Identity, layer.Hashes.ToArray()).Should().NotBeNull("the layer's merkle root is the id");
    }

    [Fact]
    public async Task Empty_file_has_an_id_of_64_zeros()
    {
        var path = _folder.Write("f", []);

        (await HashAsync(path, 0)).Identity.Should().Be(FileIdentity.OfEmptyFile);
        FileIdentity.OfEmptyFile.Id.ToString().Should().Be(new string('0', 64));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1048576)]
    [InlineData(3145733)]
    public async Task Piece_with_one_flipped_bit_or_a_wrong_length_is_not_valid(int size)
    {
        var content = ContentOf(size);
        var layer = await HashAsync(_folder.Write("f", content), size);
        for (var piece = 0; piece < layer.Identity.PieceCount; piece++)
        {
            var bytes = content.AsSpan(piece << 20, layer.Identity.PieceLength(piece)).ToArray();
            layer.IsValidPiece(piece, bytes).Should().BeTrue();
            foreach (var place in new[] { 0, bytes.Length / 2, bytes.Length - 1 })
            {
                bytes[place] ^= 1;
                layer.IsValidPiece(piece, bytes).Should().BeFalse();
                bytes[place] ^= 1;
            }

            layer.IsValidPiece(piece, bytes.AsSpan(..^1)).Should().BeFalse("it is too short");
            layer.IsValidPiece((piece + 1) % layer.Identity.PieceCount, bytes).Should().Be(layer.Identity.PieceCount == 1);
        }
    }

    [Fact]
    public async Task Layer_with_changed_missing_or_surplus_bytes_is_rejected()
    {
        var layer = await HashAsync(_folder.Write("f", ContentOf(3145733)), 3145733);
        var hashes = layer.Hashes.ToArray();
        foreach (var place in new[] { 0, 31, 32, hashes.Length - 1 })
        {
            var changed = hashes.ToArray();
            changed[place] ^= 0x80;
            PieceLayer.TryCreate(layer.Identity, changed).Should().BeNull();
        }

        PieceLayer.TryCreate(layer.Identity, hashes[..^32]).Should().BeNull();
        PieceLayer.TryCreate(layer.Identity, hashes[..^1]).Should().BeNull();
        PieceLayer.TryCreate(layer.Identity, [.. hashes, .. hashes[..32]]).Should().BeNull();
        PieceLayer.TryCreate(layer.Identity, []).Should().BeNull();
    }

    [Fact]
    public async Task Valid_pieces_of_a_damaged_file_are_found()
    {
        var content = ContentOf(3145733);
        var layer = await HashAsync(_folder.Write("f", content), content.Length);
        content[1 << 20] ^= 1;
        using var damaged = File.OpenHandle(_folder.Write("g", content.AsSpan(..^3)));

        (await FileHasher.FindValidPiecesAsync(damaged, layer, null, CancellationToken.None)).Should().Equal(true, false, true, false);
    }

    private static byte[] ContentOf(int size)
    {
        var content = new byte[size];
        for (var i = 0; i < size; i++)
            content[i] = (byte)(((31L * i) + 7) % 251);
        return content;
    }

    private static async Task<PieceLayer> HashAsync(string path, long size)
    {
        using var file = File.OpenHandle(path);
        return await FileHasher.HashAsync(file, path, size, null, CancellationToken.None);
    }
}
