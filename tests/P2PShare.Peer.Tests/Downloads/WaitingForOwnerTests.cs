using System.Net;
using P2PShare.Networking;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Tests.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads;

/// <summary>When the user is told that no owner is there.</summary>
public sealed class WaitingForOwnerTests : DownloadScene
{
    private static readonly PeerAddress Owner = PeerAddress.Create(IPAddress.Parse("192.0.2.1"), 9001);

    private readonly byte[] _content = new SeededBytes(61).Create(MiB);
    private readonly ManualTimeProvider _time = new();
    private readonly List<(TimeSpan At, DownloadEvent Event)> _told = [];
    private TimeSpan _lost;

    [Fact]
    public async Task It_is_told_a_second_after_the_last_owner_was_lost_however_long_that_one_was_silent()
    {
        await FetchAsync(comesBack: false);

        var told = _told.Should().ContainSingle(told => told.Event is DownloadEvent.WaitingForOwner).Which;
        (told.At - _lost).Should().BeGreaterThan(TimeSpan.FromSeconds(1)).And.BeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task It_is_not_told_where_another_owner_is_connected_within_the_second()
    {
        await FetchAsync(comesBack: true);

        _told.Should().BeEmpty();
    }

    private async Task FetchAsync(bool comesBack)
    {
        await using var sharing = new SharingPeer();
        var row = await sharing.ShareAsync("a", _content);
        var honest = new HonestOwner(_content, sharing.Layers.TryGet(row.Identity!.Value)!.Hashes);
        var index = new TableIndex();
        index.Add(row with { Owner = Owner });
        var dials = 0;
        var serving = new List<Task>();
        var observer = new TimedObserver(this);
        var fetching = NewDownloader(index, _time, (to, _) =>
        {
            var isFirst = dials++ == 0;
            if (!isFirst && !comesBack)
                throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionRefused);
            var pair = new StreamPair();
            var another = row with { Owner = Another(row.Owner) };
            serving.Add(Task.Run(() => ServeAsync(pair, isFirst ? null : honest, index, another), CancellationToken.None));
            return Task.FromResult<Connection>(new StreamConnection(pair.Near, (IPEndPoint)to, pair.Reset));
        }).FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), observer, CancellationToken.None);
        await _time.AdvanceUntilEndedAsync(fetching, () => TimeSpan.FromMilliseconds(20));
        (await fetching).Succeeded.Should().Be(comesBack);
        await Task.WhenAll(serving);
    }

    private static PeerAddress Another(PeerAddress owner) => PeerAddress.Create(IPAddress.Parse("192.0.2.2"), owner.Port);

    // Answers the handshake; without an owner to play it is silent from then on, and gone after 3 s.
    private async Task ServeAsync(StreamPair pair, HonestOwner? owner, TableIndex index, Protocol.Grammar.Replies.OwnerRow another)
    {
        try
        {
            var lines = new LineChannel(pair.Far);
            while (await lines.ReadLineAsync(CancellationToken.None) is { } line)
            {
                var command = System.Text.Encoding.ASCII.GetString(line.Span);
                if (command.StartsWith("PROTO_VERSION", StringComparison.Ordinal) && owner is null)
                {
                    await pair.Far.WriteAsync("VERSION_OK SWARM\n"u8.ToArray());
                    await Task.Delay(TimeSpan.FromSeconds(3), _time);
                    index.Add(another);
                    _lost = _time.GetElapsedTime(0);
                    pair.Dispose();
                    return;
                }

                await pair.Far.WriteAsync(owner!.Answer(command));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The requester has left.
        }
    }

    private sealed class TimedObserver(WaitingForOwnerTests tests) : IDownloadObserver
    {
        public void Report(DownloadProgress progress)
        {
        }

        public void Notify(DownloadEvent happened) => tests._told.Add((tests._time.GetElapsedTime(0), happened));
    }
}
