using P2PShare.Peer.Linux;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Linux;

public sealed class FileStampTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_path_and_an_open_handle_of_one_file_have_the_same_stamp()
    {
        var path = _folder.Write("a", "content"u8);
        using var file = File.OpenHandle(path);

        FileStamp.Of(file).Should().Be(FileStamp.Of(path));
        FileStamp.Of(path).Size.Should().Be(7);
    }

    [Fact]
    public void A_link_has_the_stamp_of_its_target()
    {
        var path = _folder.Write("a", "content"u8);
        var link = _folder.File("link");
        File.CreateSymbolicLink(link, path);
        File.CreateSymbolicLink(link + "2", link);

        FileStamp.Of(link).Should().Be(FileStamp.Of(path));
        FileStamp.Of(link + "2").Should().Be(FileStamp.Of(path));
    }

    [Fact]
    public void A_missing_file_and_a_link_to_one_have_no_stamp()
    {
        var link = _folder.File("link");
        File.CreateSymbolicLink(link, _folder.File("missing"));

        FluentActions.Invoking(() => FileStamp.Of(_folder.File("missing"))).Should().Throw<IOException>();
        FluentActions.Invoking(() => FileStamp.Of(link)).Should().Throw<IOException>();
    }
}
