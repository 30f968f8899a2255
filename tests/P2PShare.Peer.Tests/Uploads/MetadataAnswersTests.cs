using System.Runtime.Versioning;
using P2PShare.Peer.Content;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Identity;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>What an owner tells of its files beside their content, and of empty folders.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class MetadataAnswersTests : IAsyncDisposable
{
    private static readonly DateTime Modified = new(2021, 2, 3, 4, 5, 6, DateTimeKind.Utc);
    private static readonly FileMetadata Told = new(1_000_000_000, IsExecutable: true);

    private readonly SharingPeer _owner = new();

    public ValueTask DisposeAsync() => _owner.DisposeAsync();

    [Fact]
    public async Task Execute_bit_is_that_of_now_and_the_time_that_of_the_announcement()
    {
        var row = await _owner.ShareAsync("a", [1], Modified);
        var path = _owner.Shared.Snapshot()[0].Path;
        Ask(row.Identity!.Value.Id, "a").Should().Be(new FileMetadata(1_612_325_106_000_000_000, IsExecutable: false));

        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);

        Ask(row.Identity.Value.Id, "a").Should().Be(new FileMetadata(1_612_325_106_000_000_000, IsExecutable: true));
    }

    [Theory]
    [InlineData(1969)]
    [InlineData(2200)]
    [InlineData(9999)]
    public async Task Time_that_no_line_may_hold_is_unknown(int year)
    {
        var row = await _owner.ShareAsync("a", [1]);
        var stamp = _owner.Shared.Snapshot()[0].Stamp with { ModifiedTicks = new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks };
        var content = new IdentifiedFile(stamp, row.Identity!.Value);
        _owner.Shared.Put(new SharedFile(row.Name, _owner.Shared.Snapshot()[0].Path, content));

        Ask(row.Identity.Value.Id, "a").Should().Be(new FileMetadata(Modified: null, IsExecutable: false));
    }

    [Fact]
    public async Task Other_names_and_contents_and_missing_files_are_not_told_of()
    {
        var row = await _owner.ShareAsync("a", [1]);
        var other = await _owner.ShareAsync("b", [2]);

        Ask(row.Identity!.Value.Id, "b").Should().BeNull();
        Ask(other.Identity!.Value.Id, "a").Should().BeNull();
        Ask(row.Identity.Value.Id, "c").Should().BeNull();
        File.Delete(_owner.Shared.Snapshot()[0].Path);
        Ask(row.Identity.Value.Id, "a").Should().BeNull();
    }

    [Fact]
    public async Task Peer_that_fetches_or_has_fetched_a_file_passes_on_the_time_that_it_was_told()
    {
        var row = await _owner.ShareAsync("a", new byte[Limits.PieceBytes + 1]);
        var file = _owner.Shared.Snapshot()[0];
        _owner.Shared.Remove(file);
        using var handle = ContentIdentifier.OpenForReading(file.Path);
        var part = new SharedPart(row.Name, _owner.Layers.TryGet(file.Identity)!, handle);
        _owner.Shared.TryAdd(part).Should().BeTrue();
        Ask(file.Identity.Id, "a").Should().BeNull();

        part.Metadata = Told;

        Ask(file.Identity.Id, "a").Should().Be(Told);
        Ask(file.Identity.Id, "b").Should().BeNull();
        _owner.Shared.Put(new SharedFile(row.Name, file.Path, new IdentifiedFile(file.Stamp, file.Identity)) { Told = Told });
        Ask(file.Identity.Id, "a").Should().Be(Told with { IsExecutable = false });
    }

    [Fact]
    public async Task Empty_folders_are_told_of_within_their_bounds()
    {
        await _owner.ShareAsync("f/a", [1]);
        var long1000 = string.Join('/', Enumerable.Repeat(new string('a', 249), 4));
        _owner.Shared.EmptyFolders.Set(NameOf("f"), Enumerable.Range(0, 20_000).Select(n => NameOf($"f/{n}")));
        _owner.Shared.EmptyFolders.Below(NameOf("f")).Should().HaveCount(Limits.MaxEmptyFolders);
        _owner.Shared.EmptyFolders.Below(NameOf("f/1")).Should().BeEmpty();

        _owner.Shared.EmptyFolders.Set(NameOf("f"), Enumerable.Range(0, 2_000).Select(n => NameOf($"f/{n}/{long1000}")));

        _owner.Shared.EmptyFolders.Below(NameOf("f")).Sum(name => name.Utf8.Length)
            .Should().BeInRange(Limits.MaxEmptyFolderBytes - 1024, Limits.MaxEmptyFolderBytes);
        _owner.Shared.EmptyFolders.Set(NameOf("f"), []);
        _owner.Shared.EmptyFolders.Below(NameOf("f")).Should().BeEmpty();
    }

    private static FileName NameOf(string name) => SharingPeer.NameOf(name);

    private FileMetadata? Ask(FileId id, string name) =>
        MetadataAnswers.Of(new Meta(id, NameOf(name)), _owner.Shared).Metadata;
}
