using System.Diagnostics;
using P2PShare.Peer.Sharing;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Sharing;

public sealed class PathScanTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_of_a_folder_are_found_in_order_and_named_after_the_folder()
    {
        _folder.Write("photos/b.jpg", "b"u8);
        _folder.Write("photos/2024/a.jpg", "a"u8);
        _folder.Write("photos/2024/deep/er/c", "c"u8);
        Directory.CreateDirectory(_folder.File("photos/empty"));

        var scan = PathScan.Of(_folder.File("photos"));

        scan.Files.Select(file => file.Name).Should().Equal("photos/2024/a.jpg", "photos/2024/deep/er/c", "photos/b.jpg");
        scan.Files.Should().OnlyContain(file => new FileInfo(file.Path).Length == file.Size);
        scan.TotalBytes.Should().Be(scan.Files.Sum(file => file.Size)).And.BePositive();
        scan.Skipped.Should().BeEmpty();
    }

    [Fact]
    public void File_is_found_under_its_own_name()
    {
        var path = _folder.Write("photos/a.jpg", "a"u8);

        var scan = PathScan.Of(path);

        scan.IsFolder.Should().BeFalse();
        scan.Files.Should().Equal(new FoundFile(path, "a.jpg", Size: 1));
        scan.TotalBytes.Should().Be(1);
    }

    [Fact]
    public void Path_that_does_not_exist_is_an_error()
    {
        var scanning = () => PathScan.Of(_folder.File("missing"));

        scanning.Should().Throw<FileNotFoundException>().WithMessage("There is no file or folder *missing.");
    }

    [Fact]
    public void Symbolic_links_are_skipped_wherever_they_lead()
    {
        _folder.Write("secret/s.txt", "s"u8);
        _folder.Write("shared/a", "a"u8);
        File.CreateSymbolicLink(_folder.File("shared/file"), _folder.File("secret/s.txt"));
        Directory.CreateSymbolicLink(_folder.File("shared/folder"), _folder.File("secret"));
        Directory.CreateSymbolicLink(_folder.File("shared/loop"), _folder.File("shared"));
        File.CreateSymbolicLink(_folder.File("shared/nowhere"), _folder.File("not there"));

        var scan = PathScan.Of(_folder.File("shared"));

        scan.Files.Select(file => file.Name).Should().Equal("shared/a");
        scan.Skipped.Select(path => (Path.GetFileName(path.Path), path.Reason)).Should().Equal(
            ("file", SkipReason.SymbolicLink),
            ("folder", SkipReason.SymbolicLink),
            ("loop", SkipReason.SymbolicLink),
            ("nowhere", SkipReason.SymbolicLink));
    }

    [Fact]
    public void Hidden_files_and_folders_are_skipped()
    {
        _folder.Write("f/.hidden", "h"u8);
        _folder.Write("f/.git/config", "c"u8);
        _folder.Write("f/seen", "s"u8);

        var scan = PathScan.Of(_folder.File("f"));

        scan.Files.Should().ContainSingle();
        scan.Skipped.Should().Equal(
            new SkippedPath(_folder.File("f/.git"), SkipReason.Hidden), new SkippedPath(_folder.File("f/.hidden"), SkipReason.Hidden));
    }

    [Fact]
    public void Folders_in_which_nothing_was_found_are_named_but_not_the_folder_itself()
    {
        _folder.Write("f/a/file", []);
        _folder.Write("f/hidden only/.keep", []);
        _folder.Write("f/.hidden/file", []);
        Directory.CreateDirectory(_folder.File("f/empty/inner"));

        var scan = PathScan.Of(_folder.File("f"));

        scan.EmptyFolders.Should().Equal("f/empty/inner", "f/hidden only");
        PathScan.Of(_folder.File("f/empty/inner")).EmptyFolders.Should().BeEmpty();
    }

    [Fact]
    public void Name_that_is_not_valid_UTF_8_is_skipped()
    {
        Directory.CreateDirectory(_folder.File("f"));
        Bash($"touch $'{_folder.File("f")}/bad\\xff'");

        var scan = PathScan.Of(_folder.File("f"));
        Bash($"rm -r {_folder.File("f")}");

        scan.Skipped.Should().ContainSingle().Which.Reason.Should().Be(SkipReason.NameNotUtf8);
    }

    [Fact]
    public void What_p2pignore_files_and_typed_patterns_exclude_is_skipped_and_the_nearest_pattern_decides()
    {
        _folder.Write("f/.p2pignore", "*.log\r\n/build/\n!keep.log\n"u8);
        _folder.Write("f/sub/.p2pignore", "!a.log\nkeep.log\n/x\n"u8);
        string[] files = ["a.log", "keep.log", "build/b", "sub/a.log", "sub/b.log", "sub/keep.log", "sub/x", "sub/build/b", "x"];
        foreach (var file in files)
            _folder.Write("f/" + file, "1"u8);

        var scan = PathScan.Of(_folder.File("f"));

        scan.Files.Select(file => file.Name).Should().Equal("f/keep.log", "f/sub/a.log", "f/sub/build/b", "f/x");
        scan.Skipped.Where(path => path.Reason == SkipReason.Excluded).Select(path => Path.GetRelativePath(_folder.Path, path.Path))
            .Should().Equal("f/a.log", "f/build", "f/sub/b.log", "f/sub/keep.log", "f/sub/x");
        PathScan.Of(_folder.File("f"), ["sub/", "!a.log"]).Files.Select(file => file.Name).Should().Equal("f/a.log", "f/keep.log", "f/x");
    }

    [Fact]
    public void Folder_whose_p2pignore_file_cannot_be_read_is_not_shared()
    {
        _folder.Write("f/a", "1"u8);
        _folder.Write("f/sub/b", "1"u8);
        Directory.CreateDirectory(_folder.File("f/sub/.p2pignore"));

        PathScan.Of(_folder.File("f")).Files.Should().ContainSingle().Which.Name.Should().Be("f/a");
        Directory.CreateDirectory(_folder.File("f/.p2pignore"));
        FluentActions.Invoking(() => PathScan.Of(_folder.File("f"))).Should().Throw<Exception>();
    }

    // .NET cannot express such a name.
    private static void Bash(string command)
    {
        using var bash = Process.Start("bash", ["-c", command]);
        bash.WaitForExit();
        bash.ExitCode.Should().Be(0);
    }
}
