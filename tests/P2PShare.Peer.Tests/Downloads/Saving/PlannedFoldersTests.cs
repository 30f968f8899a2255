using P2PShare.Peer.Downloads.Saving;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads.Saving;

/// <summary>Each folder is examined once for all its files, and files that were there before are not overlooked.</summary>
public sealed class PlannedFoldersTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PlannedFolders _folders;

    public PlannedFoldersTests() => _folders = new PlannedFolders(new DownloadsFolder(_folder.Path, isRestrictive: false));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_a_folder_that_this_download_made_is_new()
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
    public void An_obstacle_is_reported_for_every_file()
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
