using System.Runtime.Versioning;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Peer.Tests.Linux;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads.Saving;

/// <summary>A small file gets its name when it is whole, and is invisible before.</summary>
[SupportedOSPlatform("linux")]
public sealed class UnnamedTempFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly byte[] _content = new SeededBytes(1).Create(5000);

    private string Destination => _folder.File("report.pdf");

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public void Before_the_file_is_finished_the_folder_is_empty()
    {
        using var file = Create(_content.Length)!;
        file.Write(0, _content);

        Directory.GetFileSystemEntries(_folder.Path).Should().BeEmpty();
    }

    [LinuxFact]
    public void An_abandoned_file_leaves_nothing()
    {
        using (var file = Create(_content.Length)!)
            file.Write(0, _content);

        Directory.GetFileSystemEntries(_folder.Path).Should().BeEmpty();
    }

    [LinuxFact]
    public void A_finished_file_has_the_first_free_name_and_no_other_file_is_touched()
    {
        _folder.Write("report.pdf", "mine"u8);
        File.CreateSymbolicLink(_folder.File("report (1).pdf"), _folder.File("not there"));
        Directory.CreateDirectory(_folder.File("report (2).pdf"));
        using var file = Create(_content.Length)!;
        file.Write(0, _content);

        var finished = file.Finish(FinalName.Candidates(Destination));

        finished.Should().Be(_folder.File("report (3).pdf"));
        File.ReadAllBytes(finished).Should().Equal(_content);
        File.ReadAllText(Destination).Should().Be("mine");
        File.Exists(_folder.File("not there")).Should().BeFalse();
    }

    [LinuxFact]
    public void A_finished_file_has_the_permissions_of_any_new_file()
    {
        var any = _folder.Write("any", "x"u8);
        using var file = Create(_content.Length)!;

        File.GetUnixFileMode(file.Finish([Destination])).Should().Be(File.GetUnixFileMode(any));
    }

    [LinuxFact]
    public void A_failed_rename_throws_with_the_reason()
    {
        using var file = Create(_content.Length)!;

        FluentActions.Invoking(() => file.Finish([_folder.File("no/such/folder/report.pdf")]))
            .Should().Throw<IOException>().WithMessage("No such file or directory*");
    }

    [LinuxFact]
    public void Only_files_of_one_piece_are_unnamed()
    {
        Create(0)!.Dispose();
        Create(1024 * 1024)!.Dispose();

        Create((1024 * 1024) + 1).Should().BeNull("what is fetched in pieces can be resumed");
    }

    [LinuxFact]
    public void In_a_missing_folder_no_file_is_created() =>
        UnnamedTempFile.TryCreate(_folder.File("no/such/folder"), Identity(1)).Should().BeNull();

    private UnnamedTempFile? Create(int size) => UnnamedTempFile.TryCreate(Destination, Identity(size));

    private static FileIdentity Identity(int size)
    {
        var id = new byte[32];
        id[0] = (byte)(size == 0 ? 0 : 1);
        FileIdentity.TryCreate(new FileId(id), size, out var identity).Should().BeTrue();
        return identity;
    }
}
