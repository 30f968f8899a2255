using System.Net;
using P2PShare.Peer.Content;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>A real peer that shares files on a loopback port, without the program around it.</summary>
internal sealed class SharingPeer : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly PeerListener _listener;
    private readonly Task _running;

    public SharingPeer(TimeProvider? time = null)
    {
        var clock = time ?? TimeProvider.System;
        Layers = new LayerStore(Folder.File("layers"), Logger.None);
        Identifier = new ContentIdentifier(new IdentityCache(Folder.File("ids"), Logger.None), Layers, TimeProvider.System, Logger.None);
        Limit = new RateLimiter(clock);
        Fetches = new RequesterFetches(clock);
        var slots = UploadSlots.Of(UploadLimits.Slots, clock);
        var services = new UploadServices(Shared, Layers, Giving, slots, clock, Logger.None) { Limit = Limit, Fetches = Fetches };
        _listener = PeerListener.Bind(IPAddress.Loopback, 0, services);
        _running = _listener.RunAsync(_ending.Token);
    }

    public TempFolder Folder { get; } = new();

    public SharedFiles Shared { get; } = new();

    public LayerStore Layers { get; }

    public GivingPeers Giving { get; } = new();

    public ContentIdentifier Identifier { get; }

    public RateLimiter Limit { get; }

    public RequesterFetches Fetches { get; }

    public PeerAddress Address => PeerAddress.Create(IPAddress.Loopback, _listener.Port);

    public static FileName NameOf(string text) =>
        FileName.TryParse(text, out var name, out var refusal) ? name : throw new ArgumentException(refusal, nameof(text));

    /// <summary>Writes a file and shares it.</summary>
    /// <returns>The row that the server would send for it.</returns>
    public async Task<OwnerRow> ShareAsync(string name, byte[] content, DateTime? modified = null)
    {
        var path = Folder.Write(System.IO.Path.Combine("shared", name), content);
        if (modified is { } time)
            File.SetLastWriteTimeUtc(path, time);
        var file = new SharedFile(NameOf(name), path, await Identifier.IdentifyAsync(path, hashed: null, CancellationToken.None));
        Shared.Put(file);
        return new OwnerRow(file.Identity, Address, file.Name);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _listener.Dispose();
        _ending.Dispose();
        Folder.Dispose();
    }
}
