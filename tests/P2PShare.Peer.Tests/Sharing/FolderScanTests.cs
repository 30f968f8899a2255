using System.Diagnostics;
using P2PShare.Peer.Sharing;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Sharing;

public sealed class FolderScanTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_are_found_in_order_under_the_folder_s_name_and_theirs()
    {
        _folder.Write("photos/b.jpg", "b"u8);
        _folder.Write("photos/2024/a.jpg", "a"u8);
        _folder.Write("photos/2024/deep/er/c", "c"u8);
        Directory.CreateDirectory(_folder.File("photos/empty"));

        var scan = FolderScan.Of(_folder.File("photos"));

        scan.Files.Select(file => file.Name).Should().Equal("photos/2024/a.jpg", "photos/2024/deep/er/c", "photos/b.jpg");
        scan.Files.Should().OnlyContain(file => File.Exists(file.Path));
        scan.LeftOut.Should().BeEmpty();
    }

    [Fact]
    public void Symbolic_links_are_not_followed_wherever_they_lead()
    {
        _folder.Write("secret/s.txt", "s"u8);
        _folder.Write("shared/a", "a"u8);
        File.CreateSymbolicLink(_folder.File("shared/file"), _folder.File("secret/s.txt"));
        Directory.CreateSymbolicLink(_folder.File("shared/folder"), _folder.File("secret"));
        Directory.CreateSymbolicLink(_folder.File("shared/loop"), _folder.File("shared"));
        File.CreateSymbolicLink(_folder.File("shared/nowhere"), _folder.File("not there"));

        var scan = FolderScan.Of(_folder.File("shared"));

        scan.Files.Select(file => file.Name).Should().Equal("shared/a");
        scan.LeftOut.Select(left => (Path.GetFileName(left.Path), left.Reason)).Should().Equal(
            ("file", "symbolic link"), ("folder", "symbolic link"), ("loop", "symbolic link"), ("nowhere", "symbolic link"));
    }

    [Fact]
    public void Hidden_files_and_folders_are_left_out_and_named()
    {
        _folder.Write("f/.hidden", "h"u8);
        _folder.Write("f/.git/config", "c"u8);
        _folder.Write("f/seen", "s"u8);

        var scan = FolderScan.Of(_folder.File("f"));

        scan.Files.Should().ContainSingle();
        scan.LeftOut.Should().Equal(new LeftOut(_folder.File("f/.git"), "hidden"), new LeftOut(_folder.File("f/.hidden"), "hidden"));
    }

    [Fact]
    public void A_name_that_is_no_UTF_8_is_left_out_with_its_reason()
    {
        Directory.CreateDirectory(_folder.File("f"));
        Bash($"touch $'{_folder.File("f")}/bad\\xff'");

        var scan = FolderScan.Of(_folder.File("f"));
        Bash($"rm -r {_folder.File("f")}");

        scan.LeftOut.Should().ContainSingle().Which.Reason.Should().Be("its name is not valid UTF-8");
    }

    // .NET has no way to say such a name.
    private static void Bash(string command)
    {
        using var bash = Process.Start("bash", ["-c", command]);
        bash.WaitForExit();
        bash.ExitCode.Should().Be(0);
    }
}
