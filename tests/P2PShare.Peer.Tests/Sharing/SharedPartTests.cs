using P2PShare.Peer.Content;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Sharing;

/// <summary>A part is closed only when no upload of it is under way.</summary>
public sealed class SharedPartTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SharedPart _part;
    private int _closed;

    public SharedPartTests()
    {
        var handle = File.OpenHandle(_folder.Write("part", [1]));
        _part = new SharedPart(SharingPeer.NameOf("a"), PieceLayer.TryCreate(FileIdentity.OfEmptyFile, [])!, handle);
    }

    public void Dispose()
    {
        _part.Close(() => { });
        _folder.Dispose();
    }

    [Fact]
    public void Part_that_is_not_used_is_closed_at_once()
    {
        _part.Close(() => _closed++);

        _closed.Should().Be(1);
        _part.TryUse().Should().BeNull();
    }

    [Fact]
    public void Part_is_closed_once_after_its_last_use_and_used_no_more_meanwhile()
    {
        _part.TryUse().Should().NotBeNull();
        _part.TryUse().Should().NotBeNull();

        _part.Close(() => _closed++);

        _part.TryUse().Should().BeNull();
        _part.EndUse();
        _closed.Should().Be(0);
        _part.EndUse();
        _closed.Should().Be(1);
        _part.TryUse().Should().BeNull();
    }

    [Fact]
    public void Part_whose_uses_have_ended_stays_open_until_it_is_closed()
    {
        _part.TryUse().Should().NotBeNull();
        _part.EndUse();

        _part.TryUse().Should().NotBeNull();
        _part.EndUse();
        _part.Close(() => _closed++);
        _closed.Should().Be(1);
    }

    [Fact]
    public async Task Part_that_many_use_while_it_is_closed_is_closed_once_and_after_all_of_them()
    {
        var underWay = 0;
        var closedWhileUsed = false;
        var uploads = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (_part.TryUse() is not null)
            {
                Interlocked.Increment(ref underWay);
                Thread.Yield();
                Interlocked.Decrement(ref underWay);
                _part.EndUse();
            }
        })).ToArray();

        _part.Close(() =>
        {
            closedWhileUsed = Volatile.Read(ref underWay) > 0;
            Interlocked.Increment(ref _closed);
        });
        await Task.WhenAll(uploads).WaitAsync(TimeSpan.FromSeconds(30));

        _closed.Should().Be(1);
        closedWhileUsed.Should().BeFalse();
    }
}
