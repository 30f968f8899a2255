using P2PShare.Peer.Content;
using P2PShare.Peer.Index;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Tests.Index;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Sharing;

/// <summary>What is told to the server of files that are being fetched and of those that are finished.</summary>
public sealed class ResharingTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ScriptedServer _server = new();
    private readonly SharedFiles _shared = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly ContentIdentifier _identifier;
    private readonly LayerStore _layers;
    private readonly IndexClient _index;
    private readonly Resharing _resharing;
    private Task _running = Task.CompletedTask;

    public ResharingTests()
    {
        var time = new ManualTimeProvider();
        _layers = new LayerStore(_folder.File("layers"), Logger.None);
        _identifier = new ContentIdentifier(new IdentityCache(_folder.File("ids"), Logger.None), _layers, time, Logger.None);
        _index = new IndexClient(cancellation => _server.OpenAsync(time, cancellation), time, new Random(1), Logger.None);
        _resharing = new Resharing(_shared, new Publisher(_index, _shared, 9001), 9001, Logger.None);
    }

    public async Task InitializeAsync()
    {
        var connecting = _index.ConnectAsync(CancellationToken.None);
        await _server.AcceptHandshakeAsync("VERSION_OK SWARM PARTS");
        await connecting;
        _running = _resharing.RunAsync(_ending.Token);
    }

    public async Task DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(30));
        await _index.DisposeAsync();
        _server.Dispose();
        _ending.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Part_is_announced_when_it_begins_and_the_file_when_it_is_finished()
    {
        var part = await BeginAsync("a");
        await _server.ExpectAsync($"SHARE_PART {part.Identity.Id} {part.Identity.Size} 9001");
        await _server.SendAsync("SHARE_PART_OK\n");
        _shared.TryFindPart(part.Identity.Id, out _).Should().BeTrue();

        _resharing.Finish(await FileAsync("a", part), part).Should().BeTrue();

        await _server.ExpectAsync($"SHARE {part.Identity.Id} {part.Identity.Size} 9001 a");
        await _server.SendAsync("SHARE_OK\n");
        _shared.TryFindPart(part.Identity.Id, out _).Should().BeFalse();
        _shared.TryFind(part.Identity.Id, out var file).Should().BeTrue();
        file!.Supply.Should().BeSameAs(part.Supply);
        part.Close(() => { });
    }

    [Fact]
    public async Task Abandoned_part_is_withdrawn()
    {
        var part = await BeginAsync("a");
        await _server.ExpectAsync($"SHARE_PART {part.Identity.Id} {part.Identity.Size} 9001");
        await _server.SendAsync("SHARE_PART_OK\n");

        _resharing.End(part);
        _resharing.End(part);

        await _server.ExpectAsync($"WITHDRAW_PART {part.Identity.Id}");
        await _server.SendAsync("WITHDRAW_PART_OK\n");
        _shared.TryFindPart(part.Identity.Id, out _).Should().BeFalse();
        (await _server.ReceivePendingAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Part_of_a_content_that_is_shared_already_is_not_shared()
    {
        var part = await BeginAsync("a");
        await _server.ExpectAsync($"SHARE_PART {part.Identity.Id} {part.Identity.Size} 9001");
        await _server.SendAsync("SHARE_PART_OK\n");

        _resharing.Begin(SharingPeer.NameOf("b"), part.Layer, part.TryUse()!).Should().BeNull();

        part.EndUse();
    }

    [Fact]
    public async Task Finished_file_whose_name_is_taken_is_not_shared_and_its_part_is_withdrawn()
    {
        var part = await BeginAsync("a");
        await _server.ExpectAsync($"SHARE_PART {part.Identity.Id} {part.Identity.Size} 9001");
        await _server.SendAsync("SHARE_PART_OK\n");
        _shared.Put(await FileAsync("other", null, "a"));

        _resharing.Finish(await FileAsync("a", part), part).Should().BeFalse();

        await _server.ExpectAsync($"WITHDRAW_PART {part.Identity.Id}");
        await _server.SendAsync("WITHDRAW_PART_OK\n");
        _shared.TryFind(part.Identity.Id, out _).Should().BeFalse();
    }

    [Fact]
    public async Task After_a_small_file_whose_name_is_taken_the_server_is_told_of_the_next_one()
    {
        _shared.Put(await FileAsync("other", null, "a"));

        _resharing.Finish(await FileAsync("a", null), part: null).Should().BeFalse();
        var next = await FileAsync("b", null);
        _resharing.Finish(next, part: null).Should().BeTrue();

        await _server.ExpectAsync($"SHARE {next.Identity.Id} {next.Identity.Size} 9001 b");
        await _server.SendAsync("SHARE_OK\n");
    }

    [Fact]
    public async Task Fetched_file_that_the_server_refuses_is_not_shared()
    {
        var file = await FileAsync("a", null);
        _resharing.Finish(file, part: null).Should().BeTrue();

        await _server.ExpectAsync($"SHARE {file.Identity.Id} {file.Identity.Size} 9001 a");
        await _server.SendAsync("SHARE_FAIL too many files\n");

        await Eventually.True(() => !_shared.TryFind(file.Name, out _), "the refused file to be withdrawn");
    }

    private async Task<SharedPart> BeginAsync(string name)
    {
        var file = await FileAsync(name, null);
        return _resharing.Begin(file.Name, _layers.TryGet(file.Identity)!, File.OpenHandle(file.Path))!;
    }

    // The content is two pieces for a file that is fetched in parts, and another for each other path.
    private async Task<SharedFile> FileAsync(string path, SharedPart? part, string? name = null)
    {
        var size = path == "a" ? Limits.PieceBytes + 1 : 100;
        var full = _folder.Write("shared/" + path, new SeededBytes((ulong)path[0]).Create(size));
        return new SharedFile(
            SharingPeer.NameOf(name ?? path), full, await _identifier.IdentifyAsync(full, hashed: null, CancellationToken.None), part);
    }
}
