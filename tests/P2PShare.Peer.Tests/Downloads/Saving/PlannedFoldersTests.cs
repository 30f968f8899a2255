using P2PShare.Peer.Downloads.Saving;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads.Saving;

/// <summary>A folder is looked at once for all the files that go there, and nothing that was there before is overlooked.</summary>
public sealed class PlannedFoldersTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PlannedFolders _folders;

    public PlannedFoldersTests() => _folders = new PlannedFolders(new DownloadsFolder(_folder.Path, isRestrictive: false));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_new_where_it_was_made_here()
    {
        Directory.CreateDirectory(_folder.File("old"));

        _folders.IsNew(_folder.File("new/deep/a")).Should().BeFalse("it has not been made yet");
        _folders.TryMakeFor(_folder.File("new/deep/a"), out _).Should().BeTrue();
        _folders.TryMakeFor(_folder.File("old/a"), out _).Should().BeTrue();

        Directory.Exists(_folder.File("new/deep")).Should().BeTrue();
        _folders.IsNew(_folder.File("new/deep/b")).Should().BeTrue();
        _folders.IsNew(_folder.File("old/b")).Should().BeFalse("files may be there already");
    }

    [Fact]
    public void What_is_in_the_way_is_said_for_every_file()
    {
        var elsewhere = Directory.CreateDirectory(_folder.File("elsewhere"));
        Directory.CreateSymbolicLink(_folder.File("link"), elsewhere.FullName);

        foreach (var name in new[] { "link/deep/a", "link/deep/b" })
        {
            _folders.TryMakeFor(_folder.File(name), out var obstacle).Should().BeFalse();
            obstacle.Should().Be(_folder.File("link"));
            _folders.IsNew(_folder.File(name)).Should().BeFalse();
        }

        elsewhere.GetFileSystemInfos().Should().BeEmpty();
    }
}
