using System.Net;
using System.Runtime.Versioning;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Content;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Linux;
using P2PShare.Peer.Tests.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using P2PShare.Testing.Peers;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Downloads;

/// <summary>Times, execute bits and empty folders go with what is fetched.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class MetadataTests : DownloadScene
{
    private static readonly DateTime Modified = new(2021, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(MiB)]
    [InlineData(3 * MiB + 5)]
    [InlineData(17 * MiB)]
    public async Task Fetched_file_of_any_size_has_its_owners_time_and_execute_bit_and_no_other_permission(int size)
    {
        await using var owner = new SharingPeer();
        var content = new SeededBytes(1).Create(size);
        _index.Add(await ShareAsync(owner, "run.sh", content, UnixFileMode.SetUser | UnixFileMode.UserExecute));
        var any = _folder.Write("any", []);

        (await FetchAsync("run.sh")).Succeeded.Should().BeTrue();

        Saved("run.sh").AsSpan().SequenceEqual(content).Should().BeTrue();
        File.GetLastWriteTimeUtc(_folder.File("run.sh")).Should().Be(Modified);
        File.GetUnixFileMode(_folder.File("run.sh")).Should().Be(File.GetUnixFileMode(any) | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task One_content_under_two_names_has_the_time_of_each()
    {
        await using var owner = new SharingPeer();
        _index.Add(await owner.ShareAsync("f/a", [1, 2], Modified));
        _index.Add(await owner.ShareAsync("f/b", [1, 2], Modified.AddYears(1)));

        (await FetchFolderAsync("f")).Succeeded.Should().BeTrue();

        File.GetLastWriteTimeUtc(_folder.File("f/a")).Should().Be(Modified);
        File.GetLastWriteTimeUtc(_folder.File("f/b")).Should().Be(Modified.AddYears(1));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(2 * MiB)]
    public async Task Without_times_the_file_has_that_of_its_arrival_and_the_execute_bit(int size)
    {
        await using var owner = new SharingPeer();
        _index.Add(await ShareAsync(owner, "run.sh", new SeededBytes(2).Create(size), UnixFileMode.UserExecute));

        await NewDownloader(_index, keepsTimes: false)
            .FetchFileAsync(new FileRequest(SharingPeer.NameOf("run.sh")), _observer, CancellationToken.None);

        File.GetLastWriteTimeUtc(_folder.File("run.sh")).Should().BeAfter(Modified.AddYears(1));
        IsExecutable("run.sh").Should().BeTrue();
    }

    [Fact]
    public async Task File_that_replaces_an_older_one_has_its_owners_time()
    {
        await using var owner = new SharingPeer();
        _folder.Write("a", [9]);
        _index.Add(await owner.ShareAsync("a", [1, 2, 3], Modified));

        await _downloader.FetchFileAsync(new FileRequest(SharingPeer.NameOf("a"), Replaces: true), _observer, CancellationToken.None);

        Saved("a").Should().Equal(1, 2, 3);
        File.GetLastWriteTimeUtc(_folder.File("a")).Should().Be(Modified);
    }

    [Fact]
    public async Task Fetched_file_is_not_hashed_again_although_its_time_was_set()
    {
        await using var owner = new SharingPeer();
        _index.Add(await owner.ShareAsync("a", new SeededBytes(3).Create(2 * MiB), Modified));
        await FetchAsync("a");

        var hashed = new HashedBytes();
        var layers = new LayerStore(_folder.File(".cache/layers"), Logger.None);
        var identifier = new ContentIdentifier(
            new IdentityCache(_folder.File(".cache/ids"), Logger.None), layers, TimeProvider.System, Logger.None);
        var found = await identifier.IdentifyAsync(_folder.File("a"), hashed, CancellationToken.None);

        hashed.Count.Should().Be(0);
        found.Stamp.Should().Be(FileStamp.Of(_folder.File("a")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Changed_execute_bit_of_a_file_that_is_here_is_corrected_without_a_byte_fetched(bool isExecutable)
    {
        await using var owner = new SharingPeer();
        _index.Add(await owner.ShareAsync("f/a", [1, 2, 3], Modified));
        await FetchFolderAsync("f");
        var (theirs, ours) = (owner.Shared.Snapshot()[0].Path, _folder.File("f/a"));
        SetExecutable(theirs, isExecutable);
        SetExecutable(ours, !isExecutable);
        var served = owner.Shared.Snapshot()[0].BytesServed;

        (await FetchAsync("f/a")).Should().BeOfType<DownloadOutcome.AlreadyThere>();
        IsExecutable("f/a").Should().Be(isExecutable);
        SetExecutable(ours, !isExecutable);
        (await FetchFolderAsync("f")).Succeeded.Should().BeTrue();

        IsExecutable("f/a").Should().Be(isExecutable);
        owner.Shared.Snapshot()[0].BytesServed.Should().Be(served);
        File.GetLastWriteTimeUtc(ours).Should().Be(Modified);
    }

    [Fact]
    public async Task Execute_bit_beyond_a_symbolic_link_is_left_alone()
    {
        await using var owner = new SharingPeer();
        using var elsewhere = new TempFolder();
        _index.Add(await ShareAsync(owner, "f/a", [1, 2, 3], UnixFileMode.UserExecute));
        var outside = elsewhere.Write("a", [1, 2, 3]);
        Directory.CreateSymbolicLink(_folder.File("f"), elsewhere.Path);

        await FetchAsync("f/a");
        await FetchFolderAsync("f");

        File.GetUnixFileMode(outside).Should().NotHaveFlag(UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Empty_folders_are_made_and_nothing_outside_the_folder_or_beyond_a_link()
    {
        await using var owner = new SharingPeer();
        using var elsewhere = new TempFolder();
        _index.Add(await owner.ShareAsync("f/a", [1]));
        owner.Shared.EmptyFolders.Set(
            SharingPeer.NameOf("f"), new[] { "f/x/y", "f/boş", "g/z", "f2", "f/a/b", "f/link/in" }.Select(SharingPeer.NameOf));
        Directory.CreateDirectory(_folder.File("f"));
        Directory.CreateSymbolicLink(_folder.File("f/link"), elsewhere.Path);

        (await FetchFolderAsync("f")).Succeeded.Should().BeTrue();

        Directory.GetDirectories(_folder.File("f"), "*", SearchOption.AllDirectories).Select(path => path[_folder.File("f/").Length..])
            .Should().BeEquivalentTo("x", "x/y", "boş", "link");
        Directory.Exists(_folder.File("g")).Should().BeFalse();
        Directory.Exists(_folder.File("f2")).Should().BeFalse();
        Directory.GetFileSystemEntries(elsewhere.Path).Should().BeEmpty();
    }

    [Theory]
    [InlineData("META_OK 9999999999999999999 x\n")]
    [InlineData("META_OK the year 9999\n")]
    [InlineData("META_NONE\n")]
    [InlineData("")]
    public async Task Owner_that_tells_nonsense_or_nothing_costs_nothing(string answer)
    {
        var content = new SeededBytes(4).Create(3 * MiB);
        var outcome = await FetchFromAsync(content, line => line.StartsWith("META", StringComparison.Ordinal) ? answer : null);

        outcome.Should().BeOfType<DownloadOutcome.Saved>().Which.Transfer.RejectedOwners.Should().BeEmpty();
        Saved("a").AsSpan().SequenceEqual(content).Should().BeTrue();
        File.GetLastWriteTimeUtc(_folder.File("a")).Should().BeAfter(Modified.AddYears(1));
    }

    [Fact]
    public async Task Owner_is_asked_once_for_a_file_of_several_pieces()
    {
        var asked = 0;
        await FetchFromAsync(new SeededBytes(5).Create(9 * MiB), line =>
        {
            if (!line.StartsWith("META", StringComparison.Ordinal))
                return null;
            asked++;
            return "META_OK 1612325106789000000 -\n";
        });

        asked.Should().Be(1);
        File.GetLastWriteTimeUtc(_folder.File("a")).Should().Be(Modified);
    }

    // Null from the answer means that of an honest owner.
    private async Task<DownloadOutcome> FetchFromAsync(byte[] content, Func<string, string?> answer)
    {
        await using var owner = new SharingPeer();
        var row = await owner.ShareAsync("a", content);
        var honest = new HonestOwner(content, owner.Layers.TryGet(row.Identity!.Value)!.Hashes);
        await using var played = new CuttingPeer(
            line => answer(line) is { } told ? Encoding.ASCII.GetBytes(told)
                : line.StartsWith("PROTO_VERSION", StringComparison.Ordinal) ? "VERSION_OK SWARM META\n"u8.ToArray()
                : honest.Answer(line),
            long.MaxValue);
        _index.Add(row with { Owner = PeerAddress.Create(IPAddress.Parse("192.0.2.1"), 9001) });
        Dial dial = (to, _) =>
        {
            var pair = played.Connect();
            return Task.FromResult<Connection>(new StreamConnection(pair.Near, (IPEndPoint)to, pair.Reset));
        };
        return await NewDownloader(_index, dial: dial)
            .FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), _observer, CancellationToken.None);
    }

    private Task<DownloadOutcome> FetchFolderAsync(string name) =>
        _downloader.FetchFolderAsync(SharingPeer.NameOf(name), path: null, _observer, CancellationToken.None);

    private static async Task<OwnerRow> ShareAsync(
        SharingPeer owner, string name, byte[] content, UnixFileMode added)
    {
        var row = await owner.ShareAsync(name, content, Modified);
        var path = owner.Shared.Snapshot().Single(file => file.Name == row.Name).Path;
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | added);
        return row;
    }

    private bool IsExecutable(string name) => File.GetUnixFileMode(_folder.File(name)).HasFlag(UnixFileMode.UserExecute);

    private static void SetExecutable(string path, bool isExecutable)
    {
        var mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, isExecutable ? mode | UnixFileMode.UserExecute : mode & ~UnixFileMode.UserExecute);
    }

    private sealed class HashedBytes : IProgress<long>
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public void Report(long value) => Interlocked.Add(ref _count, value);
    }
}
