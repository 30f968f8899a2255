using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Text;
using Serilog;

namespace P2PShare.Server.Members;

/// <summary>
/// Keeps the member list of a server's file and that of its cluster equal, and lets the cluster decide who joins: see CLUSTER.md.
/// </summary>
/// <param name="file">Changed by this server and by the commands beside it.</param>
/// <param name="key">The key that all servers of the cluster have.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where faults are told.</param>
internal sealed class SharedMembers(MemberFile file, ProgramKey key, TimeProvider time, ILogger log)
{
    // Each attempt fails only where another server has changed the list in between.
    private const int MaxAttempts = 20;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(0.5);

    private volatile ISharedValue? _value;
    private ((DateTime, long) Stamp, ulong Version)? _seen;
    private bool _isFaultTold;

    /// <summary>Called after the file was changed.</summary>
    public Action? Changed { get; set; }

    /// <summary>Makes a change that is decided among all servers. The file has it when this returns.</summary>
    /// <param name="change">Returns the changed list, or null to leave it as it is; may be called several times.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Whether it was changed.</returns>
    /// <exception cref="IOException">There is no connection to the cluster, or it or the file fails.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be changed.</exception>
    /// <exception cref="InvalidDataException">The file or the cluster has no list of members.</exception>
    public async Task<bool> TryChangeAsync(Func<MemberList, MemberList?> change, CancellationToken cancellation)
    {
        var value = _value ?? throw new IOException("there is no connection to the cluster, whose servers decide together who joins");
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (list, version) = await ReadAsync(value, cancellation);

            // What the commands beside this server have changed may not be in the cluster's list yet.
            if (change(MemberMerge.Of(list, file.Read(), time.GetUtcNow())) is not { } changed)
                return false;
            if (!await value.TryWriteAsync(SharedMembersMessage.Format(changed, key), version, cancellation))
                continue;
            Store(changed);
            return true;
        }

        throw new IOException("other servers of the cluster change the member list all the time");
    }

    /// <summary>Makes both lists equal for the first time over a connection.</summary>
    /// <inheritdoc cref="TryChangeAsync"/>
    public async Task BeginAsync(ISharedValue value, CancellationToken cancellation)
    {
        _seen = null;
        await SynchronizeAsync(value, cancellation);
        _value = value;
    }

    /// <summary>Keeps both lists equal until cancelled, which is when the connection ends.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        var value = _value!;
        using var timer = new PeriodicTimer(BetweenLooks, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                await LookAsync(value, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
        finally
        {
            _value = null;
        }
    }

    private async Task LookAsync(ISharedValue value, CancellationToken cancellation)
    {
        try
        {
            if (_seen != (file.Stamp, await value.ReadVersionAsync(cancellation)))
                await SynchronizeAsync(value, cancellation);
            _isFaultTold = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (!_isFaultTold)
                log.Error("the member list of the cluster is not followed: {Reason:l}", Printable.Of(e.Message));
            _isFaultTold = true;
        }
    }

    private async Task SynchronizeAsync(ISharedValue value, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // Before the file is read: what changes it after that is seen with the next look.
            var stamp = file.Stamp;
            var own = file.Read();
            var (list, version) = await ReadAsync(value, cancellation);
            var merged = MemberMerge.Of(list, own, time.GetUtcNow());

            // The first server of a cluster publishes its list also where nobody is in it: the cluster is one of its key from then on.
            if (version == 0 || !MemberMerge.AreSame(merged, list))
            {
                // The next attempt reads what was written, by this server or by another one.
                await value.TryWriteAsync(SharedMembersMessage.Format(merged, key), version, cancellation);
                continue;
            }

            _seen = (stamp, version);
            Tell(own, merged);
            Store(merged);
            return;
        }
    }

    // The file may have been changed since it was read.
    private void Store(MemberList clusters)
    {
        var isChanged = file.TryChange(own =>
        {
            var merged = MemberMerge.Of(clusters, own, time.GetUtcNow());
            return MemberMerge.AreSame(merged, own) ? null : merged;
        });
        if (isChanged)
            Changed?.Invoke();
    }

    private void Tell(MemberList own, MemberList merged)
    {
        foreach (var user in MemberMerge.Displaced(own, merged))
        {
            log.Warning(
                "{User:l} is a member or invited in the cluster already: the entry of this server is void", Printable.Of(user.Text));
        }
    }

    private async Task<(MemberList List, ulong Version)> ReadAsync(ISharedValue value, CancellationToken cancellation)
    {
        var (message, version) = await value.ReadAsync(cancellation);
        return (message is null ? MemberList.Empty : SharedMembersMessage.Parse(message, key), version);
    }
}
